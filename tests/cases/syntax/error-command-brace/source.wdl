task t {
  String s
  command {
    awk '{print $1}' ${s}
  }
  output { String x = "y" }
}
