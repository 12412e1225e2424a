version 1.2
task t {
  input { env String token  File f  env Array[File]+ files }
  command <<<
    echo ~{task.name} ~{task.attempt + 1}
  >>>
  requirements {
    container: ["a", "b"]
    memory: "~{task.cpu} GiB"
    disks: {"/mnt": 1}
  }
  hints {
    max_cpu: 2 + 2
    aws: hints { queue: "q", nested: hints { a: 1 } }
    inputs: input {
      f: hints { localization_optional: true }
      files.first: hints { a: [1], }
    },
    outputs: output { x: hints { b: object { c: 1 } } }
    plain: { "a": 1 }
  }
}
workflow w {
  input { env String e  env other }
  hints { allow_nested_inputs: true }
}
