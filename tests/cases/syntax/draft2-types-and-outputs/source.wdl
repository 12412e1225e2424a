import "lib/tasks.wdl" as tasks
import 'other-name.wdl'
task t {
  Array[File]+? bams
  Map[String, Array[Pair[Int, Float]]]? table
  Object o
  Array anything
  Map loose
  Pair untyped
  String None
  String outputFile = basename(bams[0], ".bam") + ".out"
  command { run ${sep=" -I " bams} ${"-L " + None} }
  output {
    Array[File] parts = glob("*.part")
    String line = read_string(stdout())
  }
}
workflow w {
  Array[File] bams
  Int later = t2.count
  call tasks.t as t2 after t { input: bams=bams, outputFile = "x", }
  call t
  call t as bare {}
  scatter (pair in zip(bams, bams)) {
    String unbound
    call t as inner { input: None = pair.left }
    if (defined(unbound)) { call t as maybe }
  }
  output {
    t.line
    t2.*
    tasks.t.parts
    File bams = bams[0]
    Array[String] lines = inner.line
  }
}
