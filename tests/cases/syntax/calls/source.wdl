version 1.2
import "a.wdl" as lib alias X as Y alias Z as W
workflow w {
  input { Int a  Int b }
  call lib.t { a, b = b + 1 }
  call lib.t as t2 { input: a, b }
  call lib.t as t3 after t after t2 { input: }
  call lib.deep.t after t3 as t4
  call t5 {}
}
