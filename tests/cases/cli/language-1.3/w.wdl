version 1.3

import "kinds.wdl" alias Level as Height

enum Shade[String] { Light = "#eee", Dark = "#111" }

task tries {
  input { Shade shade }
  command <<<
    echo "~{shade} ~{value(shade)} ~{task.attempt} ~{task.max_retries} ~{select_first([task.previous.memory, 0])} ~{task.memory}"
    [ ~{task.attempt} -gt 0 ]
  >>>
  output { String said = read_string(stdout())  Int attempt = task.attempt }
  requirements {
    memory: if task.attempt == 0 then "10 MiB" else "~{select_first([task.previous.memory, 1]) * 2} B"
    max_retries: 1
  }
}

workflow w {
  input { Int n  Shade shade = Shade.Dark  Height? height }
  if (n < 0) {
    String sign = "negative"
  } else if (n == 0) {
    String sign = "zero"
    String only_zero = "0"
  } else {
    String sign = "positive"
  }
  if (n > 10) { Int size = 1 } else if (n > 5) { Int size = 2 }
  call tries { shade }
  scatter (level in [Height.Low, Height.High]) { Int number = value(level) }
  output {
    String out = sign
    String? zero = only_zero
    Int? sized = size
    String said = tries.said
    Int attempt = tries.attempt
    Shade back = shade
    Height? up = height
    Boolean same = shade == Shade.Dark
    Array[Int] numbers = number
    Array[String] parts = split("a, b,c", ", ?")
    Map[Shade, Int] by_shade = {Shade.Light: 1}
    Int looked_up = by_shade[Shade.Light]
    String name = shade.name
    Int higher = value(select_first([height, Height.Low]))
  }
}
