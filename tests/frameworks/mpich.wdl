# Four ranks on two nodes. See run.
task mpich {
    File program
    String what
    command { "${program}" "${what}" }
    runtime {
        docker: "mpich"  cpu: 1  memory: "256M"
        runner: "partisaner"
        runneroptions: { cluster: "mpich", procs: 4, nodes: 2 }
    }
}
