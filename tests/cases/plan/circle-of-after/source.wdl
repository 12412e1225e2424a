task t { command { true } }
workflow w {
  call t as a after c
  call t as b after a
  scatter (i in range(3)) { call t as c after b }
}
