version 1.1

# Sums numbers on a Dask cluster that is made for the task and gone after it. See README.md.

task SumSquares {
    input {
        File program
        Int numbers
        Int workers
    }

    command <<<
        python3 "~{program}" --numbers ~{numbers}
    >>>

    output {
        Int total = read_int("total.txt")
        Map[String, String] workers_on = read_json("workers.json")
        String protocol = read_string(stdout())
    }

    runtime {
        container: "dask-ray"
        cpu: 1
        memory: "512 MiB"
        runner: "partisaner"
        runneroptions: object {
            cluster: "dask",
            procs: workers
        }
    }
}

workflow sum {
    input {
        File program
        Int numbers = 1000000
        Int workers = 3
    }

    call SumSquares {
        input: program, numbers, workers
    }

    output {
        Int total = SumSquares.total
        Map[String, String] workers = SumSquares.workers_on
        String protocol = SumSquares.protocol
    }
}
