version 1.1

task first {
  command <<< echo first >>>
}

task second {
  command <<< echo second >>>
  output {
    String word = read_string(stdout())
  }
}
