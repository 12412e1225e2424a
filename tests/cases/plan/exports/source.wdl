version 1.0
# Names of blocks seen from outside: gathered where they are read, only counted where they are waited for.
task t { input { Int x } command <<<>>> output { Int y = x File f = "f" } }
workflow w {
  input { Array[Int] xs  Boolean more = true }
  scatter (x in xs) {
    Int twice = x * 2
    scatter (j in range(x)) {
      call t as inner { input: x = twice + j }
    }
    if (more) {
      call t as maybe { input: x = x }
    }
  }
  scatter (pair in zip(xs, maybe.y)) {
    Int? sum = pair.right
  }
  output {
    Array[Array[Int]] ys = inner.y
    Array[Int?] sums = sum
  }
}
