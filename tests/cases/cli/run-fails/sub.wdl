version 1.1

task count {
  input {
    Int n
  }
  command <<< echo ~{n} >>>
  output {
    Int counted = read_int(stdout())
  }
}

workflow share {
  input {
    Int n
  }
  call count { input: n = n }
  output {
    Int part = 12 / count.counted
  }
}
