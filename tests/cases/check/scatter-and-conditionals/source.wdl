version 1.3

enum Colour { Red, Green = "g" }

task t {
  input { Int x  String? s }
  command <<< echo ~{x} ~{s} ~{task.name} >>>
  output { Int y = x  Int? z = x }
}

workflow w {
  input { Array[Int] xs  Boolean flag  Colour colour = Colour.Red }
  scatter (x in xs) {
    call t { input: x }
    if (flag) {
      if (x > 2) {
        call t as deep { input: x = t.y }
        Int? nested = deep.z
      }
      Int inner = select_first([deep.y, 0])
    }
  }
  if (flag) {
    Int either = 1
    String shared = "a"
  } else if (length(xs) > 3) {
    Int either = 2
  } else {
    Int either = 3
  }
  Int sum = either + length(t.y)
  String? maybe = shared
  Colour bad = Colour.Blue
  String text = value(Colour.Green)
  output {
    Array[Int?] ys = deep.y
    Array[Int?] zs = nested
    Array[Int?] inners = inner
    Array[Int] plain = t.y
    Int total = sum
    Array[Int] wrong = deep.y
    Int worse = inner
    String said = "~{maybe}~{bad}~{text}~{colour}"
  }
}
