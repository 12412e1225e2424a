version 1.0

task t {
  input { Int n  String? label  Float? ratio = 0.5 }
  String shown = if defined(label) then label else "none"
  String twice = if !defined(label) || n > 2 then "" else label + label
  Boolean long = defined(label) && label == "x"
  Int none_too = if n > 2 then label else 3
  command <<< echo ~{"-l " + label} ~{default="d" label} ~{shown} ~{twice} ~{long} ~{none_too} ~{ratio} >>>
  output { Int out = n  Int? maybe = n }
}

workflow w {
  input { Int? n  String? label  Array[Int]? list  Int version_of_this = 3 }
  String pipeline_version = "1.0"
  call t as loose { input: n = n }
  if (defined(n) && defined(loose.maybe)) {
    call t as sure { input: n = n, label = label }
    Int sum = n + loose.maybe
  }
  Int least = select_first([sum, sure.out, 0])
  Int first = list[0]
  scatter (item in list) { Int doubled = item * 2 }
  Int rounded = 2.5
  Boolean few = n < 3
  String prefixed = "~{"p" + label}" + ("p" + label)
  String joined = sub(label, "a", "b")
  output { Array[Int] all = [least, first, rounded]  Array[Int] more = doubled  String j = joined + prefixed  Boolean f = few && defined(n) && n > 1 }
}
