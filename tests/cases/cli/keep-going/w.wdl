version 1.1

task t {
  input {
    Int n
  }
  command <<< if [ ~{n} = 1 ]; then echo "no to ~{n}" >&2; exit 4; fi >>>
}

task last {
  command <<< echo >>>
}

workflow w {
  call t as one { input: n = 1 }
  call t as two after three { input: n = 2 }
  call t as three { input: n = 3 }
  call last after one
}
