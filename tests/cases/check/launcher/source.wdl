version 1.1

task train {
    command <<< python3 train.py >>>
    runtime {
        runner: "partisaner"
        runneroptions: object { cluster: "pytorch", procs: 2, launcher: "torchrum" }
    }
}

task train_too {
    command <<< python3 train.py >>>
    runtime {
        runner: "partisaner"
        runneroptions: object { cluster: "pytorch", procs: 2, launcher: "TorchRun", lancher: "srun" }
    }
}
