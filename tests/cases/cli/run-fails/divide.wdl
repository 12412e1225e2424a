version 1.1

import "sub.wdl" as sub

workflow w {
  input {
    Int n = 0
  }
  scatter (m in [n]) {
    call sub.share { input: n = m }
  }
  output {
    Array[Int] parts = share.part
  }
}
