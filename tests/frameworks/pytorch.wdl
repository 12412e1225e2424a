# Two ranks on two nodes. See run.
task pytorch {
    File program
    String what
    command { exec python3 "${program}" "${what}" }
    runtime {
        docker: "pytorch"  cpu: 1  memory: "512 MiB"
        runner: "partisaner"
        runneroptions: { cluster: "pytorch", procs: 2, nodes: 2 }
    }
}
