task t {
  File hostPath
  Int procs
  command { x }
  runtime {
    docker: "img"
    cpu: procs + 1
    Memory: "${procs} GB",
    volumes: { "/a b" : hostPath, c: "/host:ro", }
    computed: { "/data/${procs}": hostPath, bare: 1 }
    runneroptions: {
      "cluster": "mpich", procs: procs, input: "x", 8: "eight",
      roles: [ {"name": "ps", "server": true}, {name: "worker", procs: 2,}, ],
    }
    nested: select_first([{ a: { b: {} } }])
    text: "${ {a: 1} }"
  }
}
workflow w { Map[String, Int] outside = {"a": 1} }
