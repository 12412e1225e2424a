version 1.1

task measure {
  input {
    String text
  }
  command <<< echo ~{text} >>>
  output {
    String measured = read_string(stdout())
  }
}

task t {
  input {
    String cores
  }
  command <<< echo >>>
  runtime {
    cpu: cores
  }
}

workflow w {
  input {
    String text = "99"
    Int shards = 1
  }
  call measure { input: text = text }
  scatter (n in range(shards)) {
    call t { input: cores = measure.measured }
  }
}
