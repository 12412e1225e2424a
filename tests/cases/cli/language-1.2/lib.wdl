version 1.2

struct Point {
  meta { description: "a place" }
  parameter_meta { x: "across" }
  Int x
  Int? y
}

workflow numbers {
  input { Int n }
  output { Int power = n ** 10  Point point = object { x: n, extra: 3 } }
}
