task T {
  command { echo }
  runtime {
    runner: "partisaner"
    runneroptions: { "cluster": "tensorflow", "roles": [ { "procs": 2 } ] }
    
  }
}
