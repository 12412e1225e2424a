version 1.1
task t {
  input { Int n }
  command <<< >>>
}
workflow w {
  input { Int n }
  call t as a { n = 1 }
  call t as b { n }
  call t as c { input: n = 1 }
  call t as d { input: n }
  scatter (i in [1]) {
    call t as e { # remark: input:
      n = i
    }
  }
}
