version 1.1

task t {
  input {
    String memory
    String time
  }
  command <<< echo >>>
  runtime {
    memory: memory
    time: time
  }
}

workflow w {
  input {
    String memory
    String time
  }
  scatter (n in [1, 2]) {
    call t { input: memory = memory, time = time }
  }
}
