version 1.2

import "lib.wdl"

task all_of_it {
  input {
    env String greeting
    Directory dir
    Array[Int] ns = [1, 2, 3, 4, 5]
  }
  Map[String, Directory] dirs = {"d": dir}
  command <<<
    echo "$greeting ~{task.name} ~{task.attempt} ~{task.memory} ~{task.cpu} ~{length(keys(task.disks))} ~{task.disks["/"]} ~{task.meta.note}"
    ls "~{dirs["d"]}"
    mkdir out; ln -s "~{dir}/one" out/link
    exit 7
  >>>
  output {
    Array[String] lines = read_lines(stdout())
    Directory out = "out"
    Int code = task.return_code
    Array[Array[Int]] chunks = chunk(ns, 2)
    Directory? missing = "missing"
    String same = read_string(join_paths(dir, "one"))
  }
  requirements { container: "*"  memory: "1 MiB"  cpu: 1  disks: "2 GiB"  return_codes: [0, 7]  max_retries: 0 }
  hints { max_cpu: 2  short_task: true  inputs: input { dir: hints { localization_optional: false } } }
  meta { note: "n" }
}

workflow w {
  input { Directory dir  Array[String] words = ["a_b", "c"] }
  String text = <<<
    first ~{words[0]}
      indented \
    joined
  >>>
  call all_of_it { greeting = "it's $HOME", dir }
  call lib.numbers { n = 2 }
  output {
    Array[String] lines = all_of_it.lines
    Int code = all_of_it.code
    Array[Array[Int]] chunks = all_of_it.chunks
    Directory? missing = all_of_it.missing
    String same = all_of_it.same
    String multi = text
    Int power = numbers.power
    String? found = find(words[0], "[a-z]_")
    Boolean fits = matches(words[1], "^c$")
    Boolean has = contains(words, "c") && contains_key({"k": 1}, "k") && !contains_key(object { a: 1 }, "b")
    Array[Int] all_values = values({"a": 1, "b": 2})
    Int lengths = length({"a": 1}) + length("four") + length(object { x: 1 })
    String chosen = select_first([None], "default")
    Array[String] struct_keys = keys(numbers.point)
    Array[Object] rows = read_tsv(write_tsv([["1", "2"]], true, ["x", "y"]), true)
  }
  hints { allow_nested_inputs: true }
}
