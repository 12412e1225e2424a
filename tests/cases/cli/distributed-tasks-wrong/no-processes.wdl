task T {
  command { echo }
  runtime {
    runner: "partisaner"
    runneroptions: { "cluster": "mpich", "procs": 0 }
    
  }
}
