version 1.1

struct Person { String name  Int? age  Array[String] tags }

task t {
  input { Int n  Array[File] files  Person? who }
  command <<<
    echo ~{n} ~{files} ~{sep(",", files)} ~{who} ~{true="y" false="n" n} ~{sep=", " n}
  >>>
  output { Int m = n  File log = stdout() }
  runtime { container: ["a", "b"] cpu: [1] memory: stdout() }
}

workflow w {
  input { Int x  String? maybe  Array[Int] xs  Map[String, Int] ages  Pair[Int, String] pair }
  call t { input: n = "seven", files = [1.5, "a"], who = Person { name: 1, agee: 3 } }
  call t as missing { input: n = x }
  call t as sure { input: n = xs, files = t }
  Int a = x + true
  Boolean b = xs < 3
  Boolean c = "a" == 1
  Boolean d = xs == pair
  Int e = if x then 1 else 2
  Int f = xs.length
  Int g = pair.middle
  Int h = ages.tom
  Int i = ages[1.5]
  String j = x[0]
  Array[Int]+ k = []
  Array[Pair[Int, String]] l = zip(xs)
  Array[Int] m = flatten(xs)
  String n = maybe
  Int o = "12"
  Int p = t
  Boolean q = !x && "yes"
  Int r = -"x"
  scatter (s in x) { Int u = s }
  Array[Int] v = t.m
  Object w2 = { "a": 1 }
  Person ok = { "name": "Ann", "age": 3, "tags": [] }
  Array[Int] mixed_ok = [1, 2]
  Array[Boolean] mixed = [true, [1]]
  output {
    Array[Int] out = u
    String all = "~{a}~{b}~{c}~{d}~{e}~{f}~{g}~{h}~{i}~{j}~{k}~{l}~{m}~{n}~{o}~{p}~{q}~{r}~{v}~{w2}~{ok}~{mixed_ok}~{mixed}"
  }
}
