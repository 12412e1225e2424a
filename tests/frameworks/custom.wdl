# A kind that the site file adds, that of examples/custom-cluster: a server, two workers and the driver. See run.
task custom {
    File program
    String what
    command { exec python3 -B "${program}" "${what}" }
    runtime {
        docker: "base"  cpu: 1  memory: "300 MiB"
        runner: "partisaner"
        runneroptions: { cluster: "taskqueue", procs: 2 }
    }
}
