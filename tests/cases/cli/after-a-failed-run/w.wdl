version 1.1

task t {
  input {
    String flag
  }
  command <<< test -e ~{flag} || { echo "no flag yet" >&2; exit 9; } >>>
}

workflow w {
  input {
    String flag
  }
  call t { input: flag = flag }
  output {
    Int one = 1
  }
}
