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
  String i = (if n > 1 then n else "few") + "~{if h then n else "none"}"
  output { Array[String] all = flatten([[a, b, d, e, "~{h}", i], c, g]) }
}
