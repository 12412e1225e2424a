task t {
  String s
  command {
    echo ~{s}
  }
  output { String x = "y" }
}
