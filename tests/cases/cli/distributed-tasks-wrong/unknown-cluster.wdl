task T {
  command { echo }
  runtime {
    runner: "partisaner"
    runneroptions: { "cluster": "tensorflw", "procs": 2 }
    
  }
}
