task t {
  Int n
  command { echo ${n} > file }
  output {
    Int twice = n * 2
    File file = "file"
  }
}

workflow w {
  Boolean never = false
  call t { input: n = 1 }
  scatter (n in [2, 3]) {
    call t as many { input: n = n }
  }
  if (never) {
    call t as no { input: n = 4 }
  }
}
