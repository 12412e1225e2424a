task CleanEnv {
    File cleanDir

    command {
        rm -rf ${cleanDir}/*
    }

    output {
        String done = "yes"
    }

    runtime {
        docker: "busybox"
        cpu: "1"
        memory: "512M"
    }
}

task PrepareData {
    File src_path
    File dst_path
    String sparkURI

    command {
        datamover --copy-method copyLocal --source-path ${src_path} --target-path ${dst_path}
    }

    output {
        String done = "yes"
    }

    runtime {
        docker: "datamover"
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
        /home/mpi/mpich-install/run/calculator-PI steps 50000
    }

    runtime {
        docker: "mpich-abc"
        cpu: "1"
        memory: "1G"
        volumes: {
            "/mpiwork" : hostPath
        }

        runner: "partisaner"
        runneroptions: {
            "cluster": "mpich",
            "workdir": "/mpiwork",
            "procs": procs
        }        

        usextaoscheduler: "true"
        ldapauth: "true"
    }
}

task TensorflowTrainTask {
    File hostPath
    File debugLogDir

    command {
         export TRAIN_STEPS=50000
          export TRAIN_DATA_DIR=/tfwork/mnist
          sh /tfwork/bin/run.sh
    }

    runtime {
        docker: "tensorflow-abc"
        cpu: "1"
        memory: "1G"
        volumes: {
            "/tfwork" : hostPath
        }

        runner: "partisaner"
        runneroptions: {
            "cluster": "tensorflow",
            "logdir": "/tfwork/logs",
            "workdir": "/tfwork",
            "loginterval": 60,
            "abortonfail": true,
            "roles": [{
                           "name": "ps",
                          "procs": 1,
                           "cpu": 2,
                          "memory": 1024,
                           "server": true
                       },
                       {
                         "name": "worker",
                         "procs": 2,
                         "cpu": 1,
                         "memory": 1024
                       }
                       ]
        }
        usextaoscheduler: "true"
        ldapauth: "true"
    }
}

 workflow compute {
    Array[File] datas
    File mnistPath
    File logDir
    File tfHostPath
    File mpiHostPath
    Int mpiProcs
    String sparkURI

    call CleanEnv as CleanWorkdir {
        input: cleanDir=logDir
    }

    scatter(file in datas) {
        call PrepareData {
            input: src_path=file,dst_path=mnistPath,sparkURI=sparkURI
        }
    }

    call MPITask after CleanWorkdir {
        input: hostPath = mpiHostPath, procs = mpiProcs
    }

    call TensorflowTrainTask after MPITask { 
         input: debugLogDir = logDir, hostPath = tfHostPath
    }
}
