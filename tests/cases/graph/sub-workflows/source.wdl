version 1.2

import "inner.wdl"

task last {
  input { Array[Int] sums }
  command <<<>>>
}

workflow outer {
  call inner.sum as first { x = 1 }
  scatter (i in [1, 2]) {
    call inner.sum as more { x = i + first.total }
  }
  call last { sums = more.total }
}
