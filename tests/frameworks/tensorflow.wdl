# A parameter server and two workers. See run.
task tensorflow {
    File program
    String what
    command { exec python3 "${program}" "${what}" }
    runtime {
        docker: "tensorflow"  cpu: 1  memory: "1 GiB"
        runner: "partisaner"
        runneroptions: {
            cluster: "tensorflow",
            roles: [{name: "ps", procs: 1, cpu: 1, memory: 1024, server: true}, {name: "worker", procs: 2, cpu: 1, memory: 1024}]
        }
    }
}
