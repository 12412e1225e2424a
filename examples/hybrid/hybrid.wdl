# Spark, MPI and TensorFlow in one workflow, each of them distributed, with no cluster deployed beforehand.
# No version line: this is WDL draft-2 with the runtime attributes of the Achelous dialect. See README.md.

task CleanEnv {
    File cleanDir

    command {
        mkdir -p "${cleanDir}"
        find "${cleanDir}" -mindepth 1 -delete
    }

    runtime {
        docker: "base"
        cpu: "1"
        memory: "256M"
    }
}

task PrepareData {
    File program
    File src_path
    File dst_path
    String sparkURI

    command {
        spark-submit "${program}" --source-path "${src_path}" --target-path "${dst_path}"
    }

    output {
        String done = "yes"
    }

    runtime {
        docker: "spark"
        cpu: "1"
        memory: "2G"
        usextaosparkscheduler: "true"
        SparkExecutorURI: "${sparkURI}"
        ldapauth: "true"
    }
}

task MPITask {
    File hostPath
    Int procs

    command {
        ./calculate-pi steps 50000
    }

    output {
        Float pi = read_float("${hostPath}/pi.txt")
        Array[Int] ranks = read_json("${hostPath}/ranks.json")
        Array[String] rank_hosts = read_json("${hostPath}/rank_hosts.json")
    }

    runtime {
        docker: "mpich"
        cpu: "1"
        memory: "256M"
        volumes: {
            "/mpiwork": hostPath
        }

        runner: "partisaner"
        runneroptions: {
            "cluster": "mpich",
            "workdir": "/mpiwork",
            "procs": procs,
            "nodes": 2
        }

        usextaoscheduler: "true"
        ldapauth: "true"
    }
}

task TensorflowTrainTask {
    File hostPath
    File debugLogDir
    Array[String] prepared

    command {
        echo "data files prepared: ${sep=' ' prepared}"
        export TRAIN_STEPS=1500
        export TRAIN_DATA_DIR=digits
        export TRAIN_LOG_DIR="${debugLogDir}"
        python3 train_digits.py
    }

    output {
        Float accuracy = read_float("${hostPath}/accuracy.txt")
        Array[String] role_hosts = read_json("${hostPath}/role_hosts.json")
    }

    runtime {
        docker: "tensorflow"
        cpu: "1"
        memory: "1G"
        volumes: {
            "/tfwork": hostPath
        }

        runner: "partisaner"
        runneroptions: {
            "cluster": "tensorflow",
            "logdir": "/tfwork/logs",
            "workdir": "/tfwork",
            "loginterval": 5,
            "abortonfail": true,
            "roles": [
                {
                    "name": "ps",
                    "procs": 1,
                    "cpu": 1,
                    "memory": 1024,
                    "server": true
                },
                {
                    "name": "worker",
                    "procs": 2,
                    "cpu": 1,
                    "memory": 1536
                }
            ]
        }

        usextaoscheduler: "true"
        ldapauth: "true"
    }
}

workflow hybrid {
    Array[File] datas
    File prepareProgram
    File digitsPath
    File logDir
    File tfHostPath
    File mpiHostPath
    Int mpiProcs
    String sparkURI

    call CleanEnv as CleanWorkdir {
        input: cleanDir = logDir
    }

    scatter (file in datas) {
        call PrepareData {
            input: program = prepareProgram, src_path = file, dst_path = digitsPath, sparkURI = sparkURI
        }
    }

    call MPITask after CleanWorkdir {
        input: hostPath = mpiHostPath, procs = mpiProcs
    }

    call TensorflowTrainTask after MPITask {
        input: hostPath = tfHostPath, debugLogDir = logDir, prepared = PrepareData.done
    }

    output {
        Float pi = MPITask.pi
        Array[Int] ranks = MPITask.ranks
        Array[String] rank_hosts = MPITask.rank_hosts
        Float accuracy = TensorflowTrainTask.accuracy
        Array[String] role_hosts = TensorflowTrainTask.role_hosts
    }
}
