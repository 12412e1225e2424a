version 1.1

import "helo.wdl" as hello

workflow w {
  call hello.greet { input: who = "x" }
}
