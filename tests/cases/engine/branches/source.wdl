version 1.3
workflow w {
  input { Array[Int] ns }
  scatter (n in ns) {
    if (n > 2) { String size = "large" } else if (n > 1) { String size = "middling" } else { String size = "small" }
  }
  output { Array[String] said = size }
}
