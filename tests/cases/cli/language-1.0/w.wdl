version 1.0

import "lib.wdl" as lib alias Person as Human

struct Sample { String id  Array[File]+ reads  Map[String, Float]? scores  Human owner }

task count {
  input {
    Sample sample
    Boolean verbose = false
    String? prefix
    Array[String] flags = ["-a", "-b"]
    Int? limit = 5
  }
  Int n_reads = length(sample.reads)
  command <<<
    echo "~{sample.id} ~{n_reads} ~{sample.owner.name} ~{if verbose then "loud" else "quiet"} ~{prefix + ":"} ~{sep=" " flags} ~{default="none" prefix}"
    echo "${NOT_WDL:-shell} ~{true="yes" false="no" verbose} ~{limit}"
    cat ~{write_json(sample.scores)}
  >>>
  output {
    Array[String] out = read_lines(stdout())
    Object parsed = read_json(write_json({"a": [1, 2], "b": [3]}))
    Pair[String, Int] pair = (out[0], n_reads)
    File? never = "never"
  }
  runtime { cpu: 1  memory: "100 MB" }
  meta { author: "us"  tags: ["a", {b: 1}]  nothing: null }
  parameter_meta { sample: {help: "what", choices: [1, 2.5, true]} }
}

workflow w {
  input {
    File read
    Int times = 2
    String? maybe
  }
  Human ann = object { name: "ann", age: 41, pets: [] }
  Sample sample = { "id": "s1", "reads": [read], "scores": {"q": 0.5}, "owner": ann }
  call count { input: sample = sample, verbose = true }
  call count as with_prefix { input: sample = sample, prefix = "p", limit = times }
  scatter (i in range(times)) {
    scatter (j in range(2)) { Int product = i * j }
    if (i == 1) { String one = "one" }
  }
  if (defined(maybe)) { String given = select_first([maybe]) }
  if (!defined(maybe)) {
    if (times == 2) { String nested = "nested" }
  }
  call lib.people { input: people = [ann, ann] }
  output {
    Array[String] out = count.out
    String prefixed = with_prefix.out[0]
    Array[Array[Int]] products = product
    Array[String?] ones = one
    String? no = given
    String? yes = nested
    Array[String] names = people.names
    File? never = count.never
    Boolean equal = ann == people.first
    String text = "tab\there \x41 \u00e9 \"quoted\" ~{1 + 2} ${"old"} " + 'single ~{"inner"}'
    Float mixed = 1 + 2.5 * 2 - 7 / 2 - 7 % 4
    Boolean logic = !(true && false) || 1 > 2 && 3 != 4
    Map[Int, String] by_number = {1: "a", 2: "b"}
    String looked_up = by_number[2]
    Int parsed = count.parsed.b[0]
  }
  meta { description: "everything of 1.0" }
}
