version 1.1
workflow w {
  input { Int n = 1  Float f = 1.0  Object? o  Array[Int]? a }
  output { Int m = n  Float g = f }
}
