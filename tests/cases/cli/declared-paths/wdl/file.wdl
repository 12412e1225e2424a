version 1.3
workflow w {
  Directory x = "data/hello.txt"
  output { String s = "~{defined(x)}" }
}
