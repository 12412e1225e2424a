# Without an output section every call's outputs are the workflow's; declarations and unset call inputs can be given from outside.
task align { File reads String name = basename(reads) Int? threads command { true } output { File bam = "x.bam" Int n = 1 } }
workflow w {
  File reads
  Int shards = 2
  Array[Int] numbers = range(shards)
  call align as one
  scatter (n in numbers) {
    call align { input: reads = reads }
  }
  if (shards > 5) {
    call align as rare { input: reads = reads }
  }
}
