task t { Int n command { echo ${n} } output { Int m = n } }
workflow w {
  Int i = 0
  while (i < 3) {
    call t { input: n = i }
  }
}
