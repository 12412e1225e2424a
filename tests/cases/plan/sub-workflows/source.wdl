version 1.0
import "sub.wdl" as lib
workflow w {
  input { Int n }
  scatter (i in range(n)) {
    call lib.sub { input: n = i }
    call lib.sub as again after sub { input: n = sub.total }
  }
  output { Array[Int] totals = again.total }
}
