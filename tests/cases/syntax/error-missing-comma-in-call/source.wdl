version 1.0
workflow w {
  call t { input: a = 1 b = 2 }
}
