version 1.0
task numbers {
  command <<< x >>>
  runtime {
    runner: "partisaner"
    runneroptions: {
      cluster: "mpich", procs: -2, nodes: 1.5, procspernode: 1000000, starttimeout: 0,
      logdir: "logs", workdir: "here", onserverexit: "restrat", abortonfial: true
    }
  }
}
task roles {
  command <<< x >>>
  runtime {
    runner: "partisaner"
    runneroptions: {
      cluster: "tensorflow", procs: 4, nodes: 2,
      roles: [
        object { name: "ps", procs: 0.5, server: true, memory: -1, cpu: 0 },
        { "name": "worker", "procs": "two", "server": "true", "gpu": 0.5, "command": " ", "onserverexit": "ignore" }
      ]
    }
  }
}
task spark_workers {
  command <<< x >>>
  runtime {
    runner: "partisaner"
    runneroptions: { cluster: "spark", procs: 3, roles: [{ name: "driver", memory: 2048 }] }
  }
}
task twice {
  command <<< x >>>
  runtime {
    runner: "partisaner"
    runneroptions: { cluster: "spark", procs: 3, roles: [{ name: "worker", procs: 2 }] }
  }
}
task second_tensorflow {
  command <<< x >>>
  runtime { runner: "partisaner" runneroptions: { cluster: "TensorFlow", procs: 2 } }
}
workflow w { call numbers call roles call spark_workers call twice call second_tensorflow }
