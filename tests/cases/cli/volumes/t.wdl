task t {
  File path
  command { echo ${path} }
  output {
    String said = read_string(stdout())
  }
}
