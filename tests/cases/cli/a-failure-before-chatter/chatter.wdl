version 1.1

task bad {
  input {
    Boolean only
  }
  command <<<
    if ! ~{only}; then echo "ValueError: INFO is no number" >&2; fi
    for n in $(seq 12); do echo "26/11/24 11:19:15 INFO SparkContext: stopping $n" >&2; done
    exit 3
  >>>
}

workflow w {
  input {
    Boolean only
  }
  call bad { input: only = only }
}
