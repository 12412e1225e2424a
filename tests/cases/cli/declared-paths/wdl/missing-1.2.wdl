version 1.2
workflow w {
  File x = "gone.txt"
  output { String s = "~{defined(x)}" }
}
