struct S { Int x }
workflow w {
  Array[Int] xs = [1, 2]
  Int? n = None
  String j = sep(",", xs)
}
