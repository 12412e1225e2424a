version 1.0
workflow w {
  String regex = sub("x.bam", "\.bam$", "")
}
