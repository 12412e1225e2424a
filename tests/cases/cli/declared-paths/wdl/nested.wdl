version 1.3
workflow w {
  Array[File]+ x = ["data/hello.txt", "gone.txt"]
  output { String s = "~{defined(x)}" }
}
