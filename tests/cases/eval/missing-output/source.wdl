task align {
  File fastq

  command {
    bwa mem ${fastq} > ${fastq}.sam
  }

  output {
    File sam = "${fastq}.sam"
    File log = "logs/align.log"
  }
}
