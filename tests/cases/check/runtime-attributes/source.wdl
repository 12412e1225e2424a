task a {
  Int procs
  File host
  command { x }
  runtime {
    Docker: "image"
    cpus: 2
    memory: "2 gigs"
    time: "two hours"
    walltime: "1-12:00:00"
    maxRetries: "many"
    zones: "here"
    preemptible: 2
    noAddress: true
    shinyNewThing: 1
    returnCodes: [0, 1]
    volumes: { "/data": host, "/more": "vol1@alamo:dir", }
    runner: "partisaner"
    runneroptions: {
      "cluster": "mpitch",
      "proc": procs,
      "procs": 0,
      "form": "square",
      "roles": [
        { "procs": 1 },
        { "name": "ps", "procs": 0, "memry": 1024, "server": true },
        { "name": "worker", "procs": procs, "memory": "lots" },
        { "name": "ps", "procs": "2" }
      ]
    }
  }
}

task b {
  command { x }
  runtime { docker: "x" docker: "y" zones: "there" memory: 0 volumes: "/data" cpu: missing runner: "nobody" runneroptions: { procs: 2 } }
}

task fpga {
  command { x }
  runtime { fpga: true shinyNewThing: 2 continueOnReturnCode: [0, 1] }
}

task c {
  command { x }
  runtime { runner: "partisaner" }
}

task d {
  command { x }
  runtime { runneroptions: { "cluster": "mpi", "roles": [{ "name": "a b" }, { "name": "ok", "container": "x" }] } time_minutes: "1.5" maxtime: "12:30:00" gpumemory: "16 GB" cpu: "0.5" disks: "local-disk 40 HDD" }
}

workflow w { call a call b call c call d call fpga }
