# TensorFlow's two ways to train on several nodes. See README.md.

task TrainTogether {
    File program
    Int workers

    command {
        python3 "${program}"
    }

    output {
        Float accuracy = read_float("accuracy.txt")
    }

    runtime {
        docker: "tensorflow"
        cpu: 1
        memory: "1500M"
        runner: "partisaner"
        runneroptions: {
            "cluster": "tensorflow",
            "procs": workers
        }
    }
}

task TrainWithServer {
    File program
    Int workers

    command {
        python3 "${program}"
    }

    output {
        Float accuracy = read_float("accuracy.txt")
    }

    runtime {
        docker: "tensorflow"
        cpu: 1
        memory: "1500M"
        runner: "partisaner"
        runneroptions: {
            "cluster": "tensorflow",
            "form": "packed",
            "roles": [
                { "name": "ps", "procs": 1, "cpu": 1, "memory": 1024 },
                { "name": "worker", "procs": workers, "cpu": 1, "memory": 1024 },
                { "name": "chief", "procs": 1, "cpu": 1, "memory": 1024 }
            ]
        }
    }
}

workflow digits {
    File program
    Int workers = 2

    call TrainTogether {
        input: program = program, workers = workers
    }

    # After the other: each is several TensorFlow processes, and the example's cluster is one machine.
    call TrainWithServer after TrainTogether {
        input: program = program, workers = workers
    }

    output {
        Float together = TrainTogether.accuracy
        Float with_server = TrainWithServer.accuracy
    }
}
