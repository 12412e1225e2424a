version 1.1

task t {
  command <<< echo >>>
  runtime {
    memory: "8 GiBi"
    time: "soon"
  }
}
