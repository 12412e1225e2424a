task t { command { true } output { Int a = 1 Int b = 2 } }
workflow w {
  call t
  scatter (i in range(2)) { call t as u }
  output { t.*  u.b }
}
