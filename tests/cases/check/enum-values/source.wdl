version 1.3
enum Mixed { A = 3, B = "four" }
enum Floats[Float] { A = 3, B = -4.5 }
enum Wrong[Int] { A = "x", B }
enum Lists[Array[Int]] { A = [1, 2], B = [] }
enum Implied { A = [1], B = [2, 3] }
enum Plain { A, B, A }
enum Numbers { A = 3, B = 4.5, }
enum Half { A = 3, B }
workflow w {
  input { Plain p = Plain.B  Lists l = Lists.A  Floats f }
  String name = p.name
  Boolean same = p == Plain.A
  Boolean less = p < Plain.A
  Array[Int] items = value(l)
  Float number = value(f)
  Float common = value(Numbers.A)
  String none = p.nam
  Array[String] pieces = split("a, b", ", ?")
  output { Array[String] all = [name, "~{same}", "~{less}", "~{items[0]}", "~{number} ~{common}", none, "~{p}", pieces[0]]  Implied i = Implied.A }
}
