task t { Int? x command { true } output { Int y = 1 } }
workflow w {
  scatter (i in range(2)) {
    call t as a { input: x = i }
    call t as b after a { input: x = i }
  }
  call t as all after b
}
