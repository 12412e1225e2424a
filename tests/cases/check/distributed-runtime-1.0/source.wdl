version 1.0
task good {
  command { x }
  runtime {
    docker: "image"
    runner: "partisaner"
    runneroptions: object { cluster: "mpich", roles: [object { name: "head", procs: 1 }, object { name: "tail", procs: 3 }] }
  }
}
task wrong {
  command { x }
  runtime {
    runner: "partisaner"
    runneroptions: object { cluster: "mpi", roles: [object { name: "head", prcs: 1 }], aborttonfail: false }
  }
}
workflow w { call good call wrong }
