# A master, two workers and the driver. See run.
task spark {
    File program
    String what
    command { exec spark-submit "${program}" "${what}" }
    runtime {
        docker: "spark"  cpu: 1  memory: "1 GiB"
        runner: "partisaner"
        runneroptions: { cluster: "spark", procs: 2 }
    }
}
