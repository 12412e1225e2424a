version 1.1

task t {
  input {
    Int cpu = 1
    String memory = "1 GB"
    Int minutes = 10
    Boolean gpu = false
  }
  command <<< echo >>>
  runtime {
    cpu: cpu
    memory: memory
    time_minutes: minutes
    gpu: gpu
  }
}

workflow w {
  input {
    Int cpu = 1
    String memory = "1 GB"
    Int minutes = 10
    Boolean gpu = false
  }
  scatter (n in range(3)) {
    call t { input: cpu = cpu, memory = memory, minutes = minutes, gpu = gpu }
  }
}
