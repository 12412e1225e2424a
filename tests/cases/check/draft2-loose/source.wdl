import "gatk4-spark.wdl"
import "steps.wdl" as steps
import "sub.wdl"

task index {
  File bam
  Int? threads
  String outputName = basename(bam)
  Array[Int]+? lanes
  String flag = "-t"
  command {
    samtools index ${flag} ${threads} ${bam} ${bam}.bai ${sep=' ' lanes} ${"-L " + threads} ${default="$x" threads} ${true='--yes' false="" defined(threads)}
  }
  output {
    File bam = "${outputName}.bam"
    File whole = "/data/" + outputName
  }
  runtime { docker: "samtools" cpu: "1" memory: "1 GB" }
}

workflow w {
  Array[File] bams
  String? threads
  File? maybe
  String dir = "/data"
  Int n = 3
  File path = dir
  String label = dir + n + "x"
  String first = select_first([maybe, "null"])
  Array[String] flags = prefix("I=", bams)
  Float disk = size(maybe, "GB") + 20
  Map[String, String] m = { "a": "b" }
  Object o = object { a: 1, b: "x" }
  Object mixed = { "a": 1, "b": true }
  Array[String] joined = again_late.flags
  scatter (pair in zip(bams, flags)) {
    call index { input: bam = pair.left, threads = threads }
    if (n > 2) {
      call index as again { input: bam = select_first([maybe]), threads = n }
    }
  }
  call steps.late { input: bams = again.bam, indexes = index.whole, bam = maybe, o = o, m = m, f = first, p = path, l = label, d = disk, j = mixed, k = joined }
  call steps.late as again_late { input: bams = bams, indexes = bams, bam = path, o = o, m = m, f = first, p = path, l = label, d = 1, j = o }
  call sub.inner { input: bam = path }
  output {
    index.bam
    late.*
    Array[File?] all = again.bam
    again_late.flags
    File inner_out = inner.result
    String dir = dir
  }
}
