task T {
  command { echo }
  runtime {
    runner: "partisaner"
    runneroptions: { "procs": 2 }
    
  }
}
