task t { Int? x command { true } output { Int y = 1 } }
workflow w {
  Boolean flag
  scatter (i in range(0)) { call t as none }
  if (flag) { call t as never }
  call t as last after none after never
}
