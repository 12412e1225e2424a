version 1.1
workflow w {
  input { Int n  File f  Array[Int] ns }
  String a = n
  String b = f
  Array[String] c = ns
  String d = "~{n}"
  String e = sub(f, "a", "b")
  Array[String] g = prefix("x", ns)
  Boolean h = f == "text"
  output { Array[String] all = flatten([[a, b, d, e, "~{h}"], c, g]) }
}
