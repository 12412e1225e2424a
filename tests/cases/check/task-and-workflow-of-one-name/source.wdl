version 1.0
import "lib.wdl" as lib
workflow w {
  input { Int x }
  call lib.same { input: x = x }
  output { Int y = same.from_workflow }
}
