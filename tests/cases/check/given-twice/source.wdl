version 1.0

# Real workflows give an attribute or a call's input twice; the last one holds.
task t {
  input {
    Int n
  }
  command <<< echo ~{n} >>>
  runtime {
    cpu: 1
    memory: "1 GB"
    cpu: 2
  }
}

workflow w {
  call t { input: n = 1, n = 2 }
}
