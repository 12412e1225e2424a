version 1.1

task fetch {
  input { String name }
  command <<<>>>
  output { Array[File] parts = glob("*") File index = "i" }
}

task align {
  input { File part File? index }
  command <<<>>>
  output { File bam = "b" Boolean is_good = true }
}

task simulate {
  input { Array[File] bams }
  command <<<>>>
  output { File field = "f" }
  runtime {
    runner: "partisaner"
    runneroptions: { "cluster": "mpich", "procs": 4, "nodes": 2 }
  }
}

task clean {
  command <<<>>>
}

workflow nested {
  input { Array[String] names }
  call clean as before
  scatter (name in names) {
    call fetch after before { input: name = name }
    scatter (part in fetch.parts) {
      call align { input: part = part, index = fetch.index }
      if (align.is_good) {
        call align as again { input: part = align.bam, index = fetch.index }
      }
      File best = select_first([again.bam, align.bam])
    }
  }
  call simulate { input: bams = flatten(best) }
  if (length(names) > 3 && length(names) < 1000000 && names[0] != "this text is too long for a label") {
    call clean as after_all after simulate
  }
}
