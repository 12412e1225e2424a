version 1.0
task t { input { Int n  Int? more } command <<<>>> output { Int m = n } }
workflow sub {
  input { Int n  Int start = 1 }
  call t { input: n = n + start }
  output { Int total = t.m }
}
