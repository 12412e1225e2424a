version 1.0
task t { input { Int x } command <<<>>> output { Int y = x } }
workflow w {
  scatter (i in range(2)) {
    call t as a { input: x = i }
    call t as b { input: x = a.y }
  }
}
