task t { File bam command { x } output { File out = bam } }
workflow inner {
  File bam
  call t { input: bam = bam }
  output { File result = t.out }
}
