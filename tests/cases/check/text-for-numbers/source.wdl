version 1.1
workflow w {
  input { String text  Boolean flag  File table }
  Int a = "é" + 1.0 + true
  Int b = "1" + "2"
  Boolean c = "~{flag}!"
  Float d = text
  Array[Int] e = read_lines(table)
  Int f = "~{text}"
  Int g = read_string(table)
  Array[Float] h = [text]
  String i = "flag: " + flag
  output { String all = "~{a}~{b}~{c}~{d}~{e[0]}~{f}~{g}~{h[0]}~{i}" }
}
