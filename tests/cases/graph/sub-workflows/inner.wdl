version 1.2

import "innermost.wdl" as deep

task add {
  input { Int x }
  command <<<>>>
  output { Int y = x + 1 }
}

workflow sum {
  input { Int x }
  call add { x }
  call deep.rest { x = add.y }
  output { Int total = rest.y }
}
