version 1.0

# Counts the words of some files on a Spark cluster that is made for the task and gone after it. See README.md.

task CountWords {
    input {
        File program
        Array[File] texts
        Int workers
    }

    command <<<
        spark-submit "~{program}" --least 2 --output counts.json ~{sep=" " texts}
    >>>

    output {
        Map[String, Int] counts = read_json("counts.json")
        Array[String] executors = read_lines(stdout())
    }

    runtime {
        docker: "spark"
        cpu: 1
        memory: "1 GiB"
        runner: "partisaner"
        runneroptions: object {
            cluster: "spark",
            procs: workers
        }
    }
}

workflow wordcount {
    input {
        File program
        Array[File] texts
        Int workers = 2
    }

    call CountWords {
        input: program = program, texts = texts, workers = workers
    }

    output {
        Map[String, Int] counts = CountWords.counts
        Array[String] executors = CountWords.executors
    }
}
