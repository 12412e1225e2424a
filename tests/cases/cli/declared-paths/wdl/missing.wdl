version 1.3
workflow w {
  File x = "gone.txt"
  output { String s = "~{defined(x)}" }
}
