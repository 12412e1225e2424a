version 1.1

task t {
  input {
    String word = "hi"
  }
  command <<< echo ~{word} >>>
  output {
    String said = read_string(stdout())
  }
}

workflow w {
  call t
  output {
    String said = t.said
  }
}
