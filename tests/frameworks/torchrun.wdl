# Four ranks on two nodes, by a torchrun on each. See run.
task torchrun {
    File program
    String what
    command { exec python3 "${program}" "${what}" }
    runtime {
        docker: "pytorch"  cpu: 1  memory: "512 MiB"
        runner: "partisaner"
        runneroptions: { cluster: "pytorch", launcher: "torchrun", procs: 4, procspernode: 2 }
    }
}
