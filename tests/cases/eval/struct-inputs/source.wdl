version 1.1

struct Sample {
  String name
  File reads
  Map[String, Array[Int]] lanes
  File? index
}

task t {
  input {
    Array[Sample] samples
    Pair[Sample, Float] best
  }

  command <<<
    ~{sep(" ", prefix("--sample=", [samples[0].name, best.left.name]))}
    ~{if defined(samples[0].index) then "--index " + samples[0].index else "--no-index"} ~{best.right}
  >>>

  output {
    Sample again = samples[0]
    Array[Int] lanes = best.left.lanes["L1"]
    # One member more than a Sample has: left out.
    Sample made = object { name: "s3", reads: best.left.reads, lanes: {"L2": [3]}, price: 1 }
  }
}
