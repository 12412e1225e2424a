version 1.2
struct Point { Int x }
workflow w {
  input { Point p }
  output { Int x = p.x }
}
