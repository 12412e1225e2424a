# Four ranks on two nodes. See run.
task openmpi {
    File program
    String what
    command { "${program}" "${what}" }
    runtime {
        docker: "openmpi"  cpu: 1  memory: "256M"
        runner: "partisaner"
        runneroptions: { cluster: "openmpi", procs: 4, nodes: 2 }
    }
}
