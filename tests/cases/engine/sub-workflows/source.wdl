import "sub.wdl" as lib
workflow w {
  Int n
  scatter (i in range(2)) { call lib.sub { input: n = i } }
  output { Array[Int] totals = sub.total  Array[Array[String]] names = sub.names }
}
