version 1.1

# Trains one model on four ranks that average their gradients by MPI. See README.md.

task Train {
    input {
        File program
        Int ranks
        Int epochs
    }

    command <<<
        exec python3 "~{program}" --epochs ~{epochs} --output model.json
    >>>

    output {
        Array[Float] weights = read_json("model.json")
        Float accuracy = read_float("accuracy.txt")
        Array[String] hosts = read_lines("hosts.txt")
        Array[String] log = read_lines(stdout())
    }

    runtime {
        container: "openmpi"
        cpu: 1
        memory: "256 MiB"
        runner: "partisaner"
        runneroptions: object { cluster: "openmpi", procs: ranks, nodes: 2 }
    }
}

workflow mpi_sgd {
    input {
        File program = "sgd.py"
        Int ranks = 4
        Int epochs = 8
    }

    call Train {
        input: program, ranks, epochs
    }

    output {
        Array[Float] weights = Train.weights
        Float accuracy = Train.accuracy
        Array[String] hosts = Train.hosts
        Array[String] log = Train.log
    }
}
