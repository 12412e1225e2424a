task T {
  Int procs
  command { echo }
  runtime {
    runner: "partisaner"
    runneroptions: { "cluster": "mpich", "procs": procs }
  }
}
