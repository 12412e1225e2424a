import "lib.wdl"
import "lib.wdl" as other

task words {
  String name
  String? greeting
  Array[String] names
  Map[String, Int] ages = {"ann": 1, "bob": 2}
  Boolean loud = true
  Array[Int]+ some = [1, 2]
  command {
    echo ${default="hello" greeting} ${name} ${sep=", " names} ${true="!" false="." loud} ${"--g " + greeting}
    cat ${write_map(ages)} ${write_lines(names)}
    word=shell; echo "{ ${length(some)} $word \}" # a brace of the shell is escaped
  }
  output {
    Array[String] lines = read_lines(stdout())
    String first = lines[0]
    File made = write_tsv([["a", "b"]])
  }
  runtime { memory: "1 GB" }
  meta { author: "us" }
  parameter_meta { name: "who" }
}

task numbers {
  Int n
  command { python3 -c 'print(${n} * 2)' }
  output { Int twice = read_int(stdout()) }
}

workflow w {
  String name = "ann"
  Array[Int] ns = [1, 2, 3]
  Int? missing
  Object thing = {"a": 1, "b": "two"}
  Pair[Int, String] pair = (4, "four")
  call words { input: name = name, names = ["x", "y"] }
  call words as again { input: name = words.first, names = words.lines, greeting = "hi", loud = false }
  scatter (n in ns) {
    if (n > 1) {
      call numbers { input: n = n }
    }
    Int plain = n + 10
  }
  scatter (p in zip(ns, plain)) { Int sum = p.left + p.right }
  if (defined(missing)) { call numbers as never { input: n = select_first([missing]) } }
  call lib.greet { input: who = pair.right }
  call other.inner { input: n = select_first(numbers.twice) }
  output {
    words.first
    again.*
    numbers.twice
    Array[Int] sums = sum
    Int a = thing.a
    Array[Int] found = select_all(numbers.twice)
    Int? none = never.twice
    String greeting = greet.said
    Int inner_out = inner.out
  }
}
