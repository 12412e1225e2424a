version 1.1

task t {
  command <<< echo something > other.txt >>>
  output {
    File result = "result.txt"
  }
}

workflow w {
  call t
}
