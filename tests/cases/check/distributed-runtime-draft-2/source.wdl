task good {
  command { x }
  runtime {
    docker: "image"
    runner: "partisaner"
    runneroptions: { cluster: "mpich", roles: [{ name: "head", procs: 1 }, { name: "tail", procs: 3 }] }
  }
}
task wrong {
  command { x }
  runtime {
    runner: "partisaner"
    runneroptions: { cluster: "mpi", roles: [{ name: "head", prcs: 1 }], aborttonfail: false }
  }
}
workflow w { call good call wrong }
