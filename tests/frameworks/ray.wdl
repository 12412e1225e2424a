# A head, two workers and the driver. See run.
task ray {
    File program
    String what
    command { exec python3 "${program}" "${what}" }
    runtime {
        docker: "dask-ray"  cpu: 1  memory: "1 GiB"
        runner: "partisaner"
        runneroptions: { cluster: "ray", procs: 2 }
    }
}
