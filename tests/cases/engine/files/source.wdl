version 1.0
task t { input { String x  Int n } command <<<>>> output { String y = x } }
workflow w {
  input { File list  Int n = 2 }
  scatter (line in read_lines(list)) {
    call t { input: x = line + read_string(list), n = n }
  }
  if (size(list) > 10.0) { Int big = n + 1 }
  output { Array[String] ys = t.y  Int? is_big = big }
}
