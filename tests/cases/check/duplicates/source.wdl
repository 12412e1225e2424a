version 1.0
import "a.wdl" as lib
import "b.wdl" as lib

struct S { Int x  String x }
struct S { Int y }
struct Loop { Array[Ring] rings }
struct Ring { Loop? loop }

task t {
  input { Int n  Int n }
  String n = "x"
  command <<< ~{n} >>>
  output { Int o = 1  Int o = 2 }
}
task t { command <<< >>> }

workflow w {
  input { Loop? loop  S? s }
  call t { input: n = 1, n = 2 }
  call t
  Int t = 3
  if (true) { Int once = 1 }
  if (false) { Int once = 1 }
  call lib.in_a
  call w
}
workflow w2 { Int bound = 1 }
