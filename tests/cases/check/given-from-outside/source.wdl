version 1.1

task t {
  input {
    Int n
    Int? more
  }
  command <<< echo ~{n} ~{more} >>>
}

workflow w {
  call t
}
