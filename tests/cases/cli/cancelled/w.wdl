version 1.1

task sleeps {
  input {
    String flag
  }
  command <<< touch ~{flag}; sleep 600 >>>
}

workflow w {
  input {
    String flag
  }
  call sleeps { input: flag = flag }
  call sleeps as later after sleeps { input: flag = flag }
}
