task late {
  Array[File?] bams
  Array[File] indexes
  File bam
  Object o
  Map[String, String] m
  String f
  File p
  String l
  Float d
  Object j
  Array[String]? k
  command { x ${bam} ${sep="," indexes} ${o.a} ${f} ${l} ${d} ${j.b} ${write_map(m)} }
  output { Array[String] flags = read_lines(stdout()) }
}
