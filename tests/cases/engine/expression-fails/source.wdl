version 1.0
task t { input { Int x } command <<<>>> output { Int y = x } }
workflow w {
  input { Int n }
  call t { input: x = 1 }
  scatter (i in range(2)) { Int bad = 10 / (n - i) }
}
