version 1.0

task align {
  input {
    File reads
    Int threads = 4
  }
  command <<< bwa -t ~{thread} ~{reads} > out.sam >>>
  output { File sam = "out.sam" }
}

workflow w {
  input { File reads }
  call align { input: reads = reads, thread = 3 }
  call allign
  call lib.align as other
  Samples s = []
  File f = align.san
  Int n = lenght([1, 2])
  File g = reeds
}
