version 1.2

struct Point {
  Int x
  Int y
}

workflow w {
  input { Boolean flag  Map[String, Int] map }
  Point point = Point { x: 1, y: 2 }
  Array[Point] points = [point, map]
  Int first = select_first([point, map]).x
  Int other = (if flag then map else point)["x"]
  Int one = length(1)
  output { Array[Int] all = [first, other, one, points[0].x] }
}
