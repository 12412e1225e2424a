version 1.0

task t {
  command <<< echo >>>
  output {
    String out = "x"
  }
}

workflow w {
  call t
}
