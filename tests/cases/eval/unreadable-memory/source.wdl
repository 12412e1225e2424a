version 1.0

task t {
  input {
    String unit = "gigs"
  }

  command <<< true >>>

  runtime {
    cpu: 2
    memory: "4 ~{unit}"
  }
}
