version 1.0

import "types.wdl" alias Sample as S

enum Colour { Red, Green }

struct Wide { Directory dir }

task t {
  input {
    env String home
    Int x = 2 ** 3
    String? none = None
  }
  requirements { cpu: 1 }
  hints { short_task: true }
  command <<< echo ~{x} ~{none} ~{home} >>>
  output { Array[String] parts = split("a,b", ",") }
}

workflow w {
  S s = S { name: "x" }
  Wide? wide = read_json("x.json")
  if (true) { call t } else { call t as u }
  call t as v after u { input: home = "h" }
  Int least = min(1, 2)
  Int n = length("text")
  output { S s_out = s  Wide? w_out = wide  Int o = least + n }
}
