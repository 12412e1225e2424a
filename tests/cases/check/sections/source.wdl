version 1.2

struct Sample {
  parameter_meta { name: "fine"  nam: "no member" }
  String name
}

task t {
  input { File reads  Int threads = 1 }
  parameter_meta {
    reads: "an input"
    count: "an output"
    thread: "nearly an input"
    other: "nothing at all"
  }
  command <<< wc -l ~{reads} ~{threads} >>>
  output { Int count = read_int(stdout()) }
  runtime { memory: "1 GB" }
  requirements { cpu: 1 }
  hints { max_cpu: 2 }
}

task u {
  command <<< true >>>
  requirements { max_retry: 1  my_queue: "long"  cpu: 2 }
}

workflow w {
  input { File reads }
  parameter_meta { reads: "an input"  counts: "an output"  rads: "nearly an input" }
  call t { reads }
  call u
  output { Int counts = t.count }
}
