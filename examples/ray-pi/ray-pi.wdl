version 1.1

# Estimates pi on a Ray cluster that is made for the task and gone after it. See README.md.

task EstimatePi {
    input {
        File program
        Int points
        Int workers
    }

    command <<<
        python3 "~{program}" --points ~{points} --output pi.json
    >>>

    output {
        Map[String, Float] found = read_json("pi.json")
    }

    runtime {
        container: "dask-ray"
        cpu: 1
        memory: "1 GiB"
        runner: "partisaner"
        runneroptions: object {
            cluster: "ray",
            procs: workers
        }
    }
}

workflow pi {
    input {
        File program
        Int points = 4000000
        Int workers = 2
    }

    call EstimatePi {
        input: program, points, workers
    }

    output {
        Float estimate = EstimatePi.found["pi"]
        Int nodes = floor(EstimatePi.found["nodes"])
        Int cores = floor(EstimatePi.found["cores"])
    }
}
