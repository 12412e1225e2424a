task t { Int n command { true } output { Int m = n String s = "x" } }
workflow w {
  Boolean flag = false
  call t { input: n = 1 }
  scatter (i in range(2)) { call t as many { input: n = i } }
  if (flag) { call t as never { input: n = 1 } }
}
