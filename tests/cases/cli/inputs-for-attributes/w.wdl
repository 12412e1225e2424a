version 1.2

task t {
  command <<< >>>
  requirements {
    cpu: 1
    memory: "1 GB"
  }
  output {
    Float cpu = task.cpu
    Int memory = task.memory
  }
}

workflow w {
  scatter (i in [1, 2]) {
    call t
  }
  output {
    Array[Float] cpu = t.cpu
    Array[Int] memory = t.memory
  }
}
