version 1.2
import "later.wdl"
import "earlier.wdl"
workflow w {
  call later.t as a
  call earlier.t as b
}
