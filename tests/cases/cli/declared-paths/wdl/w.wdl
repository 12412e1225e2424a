version 1.3
import "parts/sub.wdl"
workflow w {
  input { Int number = 1 }
  File hello = "data/hello.txt"
  File? gone = "data/gone.txt"
  Directory? no_folder = "gone"
  Array[File?] some = ["data/gone.txt", "data/~{"hello"}.txt"]
  Pair[Int, File?] one = (number, "gone.txt")
  scatter (word in ["hello"]) { call sub.first_line { file = "data/~{word}.txt" } }
  output {
    String first = read_string(hello)
    Array[Boolean] there = [defined(gone), defined(no_folder), defined(some[0]), defined(some[1]), defined(one.right)]
    Array[String] lines = first_line.line
  }
}
