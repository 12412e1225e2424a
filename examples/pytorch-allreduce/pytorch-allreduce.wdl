version 1.1

# Fits a line with three PyTorch ranks in two roles. See README.md.

task FitLine {
    input {
        File program
        Int steps
    }

    command <<<
        python3 "~{program}" --steps ~{steps} --output line.json
    >>>

    output {
        Array[Float] line = read_json("line.json")
        Array[String] ranks = read_lines(stdout())
    }

    runtime {
        container: "pytorch"
        runner: "partisaner"
        runneroptions: object {
            cluster: "pytorch",
            roles: [
                object { name: "large", procs: 1, cpu: 2, memory: 768 },
                object { name: "small", procs: 2, cpu: 1, memory: 768 }
            ]
        }
    }
}

workflow fit {
    input {
        File program
        Int steps = 200
    }

    call FitLine {
        input: program, steps
    }

    output {
        Float slope = FitLine.line[0]
        Float offset = FitLine.line[1]
        Array[String] ranks = FitLine.ranks
    }
}
