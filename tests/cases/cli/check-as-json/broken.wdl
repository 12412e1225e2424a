version 1.0
workflow w {
  Int n = "é" + 1.0 + true
}
