version 1.3
workflow w {
  File x = "data"
  output { String s = "~{defined(x)}" }
}
