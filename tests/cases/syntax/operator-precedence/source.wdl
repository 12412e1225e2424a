version 1.2
workflow w {
  input { Int a  Int b  Boolean c  Pair[Int, Array[Int]] p }
  Int sums = a + b * 2 - -3 ** 2 % 4 / a
  Boolean logic = !c && a < b || a + 1 >= b && c == !c != true
  String tail = "x" + if c then "y" else "z" + "w"
  Int nested = if a == 1 then if c then 1 else 2 else 3
  Int access = p.right[0] + [1, 2, 3][a - 1]
  Int grouped = (a + b) * (2)
  Pair[Int, String] pair = (a + 1, "s")
  Int least = -9223372036854775808
  Int minus = - a - - 1
  Array[Float] floats = [1.5, .5, 2., 1e3, 6.02E+23, -0.0]
  Array[Int] ints = [0, 0x1F, 017, 9223372036854775807,]
}
