version 1.1

task bad {
  command <<<
    echo "to the output"
    for n in $(seq 12); do echo "line $n of what went wrong: \$(x) é" >&2; done
    exit 3
  >>>
}

workflow w {
  call bad
}
