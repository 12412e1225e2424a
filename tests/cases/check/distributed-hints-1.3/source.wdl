version 1.3
task good {
  command <<< x >>>
  hints {
    partisaner: { cluster: "spark", roles: [{ name: "worker", procs: 2, memory: "2 GiB" }, { name: "driver" }] }
  }
}
task special {
  command <<< x >>>
  hints {
    partisaner: hints { cluster: "mpich", procs: 4 }
  }
}
task wrong {
  command <<< x >>>
  requirements { cpu: 1 }
  hints {
    partisaner: { cluster: "mpitch", proc: 4, roles: [object { name: "a-b" }, object { nam: "b" }] }
  }
}
task no_cluster {
  command <<< x >>>
  hints { partisaner: { procs: 4 } }
}
task no_object {
  command <<< x >>>
  hints { partisaner: "spark" }
}
workflow w { call good call special call wrong call no_cluster call no_object }
