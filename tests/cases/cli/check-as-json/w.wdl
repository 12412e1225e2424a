version 1.0

task t {
  input {
    String s
  }
  command <<< echo ~{s} >>>
  runtime {
    memry: "1 GB"
  }
}

workflow w {
  call t as a { input: s = "x" }
  call t as b after a { input: s = "y" }
}
