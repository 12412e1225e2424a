# A scheduler, two workers and the driver. See run.
task dask {
    File program
    String what
    command { exec python3 "${program}" "${what}" }
    runtime {
        docker: "dask-ray"  cpu: 1  memory: "512 MiB"
        runner: "partisaner"
        runneroptions: { cluster: "dask", procs: 2 }
    }
}
