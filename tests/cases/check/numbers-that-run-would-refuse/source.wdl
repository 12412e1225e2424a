version 1.0
task ordinary {
  command <<< x >>>
  runtime { cpu: -1 maxRetries: 1.5 preemptible: -2 gpuCount: "-1" memtuneratio: 0.5 retry: "2" }
}
task no_cores {
  command <<< x >>>
  runtime { cpu: 0 memory: -(1) }
}
task distributed {
  command <<< x >>>
  runtime {
    runner: "partisaner"
    runneroptions: {
      cluster: "mpich", procs: 2, starttimeout: "soon", loginterval: -1, abortonfail: "nope",
      roles: { "head": 1 }
    }
  }
}
task services {
  command <<< x >>>
  runtime { runner: "partisaner" runneroptions: { cluster: "tensorflow", roles: [{ name: "ps", server: "no" }, { name: "worker" }] } }
}
task fine {
  command <<< x >>>
  runtime {
    cpu: 0.5
    runner: "partisaner"
    runneroptions: {
      cluster: "mpich", starttimeout: "600", loginterval: 0, abortonfail: "False",
      roles: [{ name: "head", procs: 1, server: "FALSE" }, { name: "tail", procs: 2, server: "false" }]
    }
  }
}
workflow w { call ordinary call no_cores call distributed call services call fine }
