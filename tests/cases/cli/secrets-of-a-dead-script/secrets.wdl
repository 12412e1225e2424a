version 1.1

task bad {
  command <<<
    mkdir -p ../roles/private ../roles/state ../roles/state.2
    echo secret | tee ../roles/private/key ../roles/state/settings ../roles/state.2/settings >../roles/ps.0.log
    exit 3
  >>>
}

workflow w {
  call bad
}
