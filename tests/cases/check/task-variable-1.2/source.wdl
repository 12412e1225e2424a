version 1.2
task t {
  input { String id = task.id }
  Int n = task.attempt
  command <<<
    echo ~{task.name} ~{task.container} ~{task.cpu} ~{task.memory / 2} ~{length(task.gpu)} ~{task.attempt} ~{task.meta.anything} ~{task.ext.anything}
    echo ~{id} ~{n} ~{task.memry} ~{task.previous.cpu} ~{task.max_retries}
  >>>
  requirements { memory: task.attempt + 1 }
  output {
    Int code = task.return_code
    Int wrong = task.name
    Int? end = task.end_time
    Map[String, Int] disks = task.disks
    Array[String] fpga = task.fpga
    Object meta_copy = task.parameter_meta
  }
  meta { anything: 1 }
}
workflow w {
  call t
  String name = task.name
  output { String out = name  Int code = t.code }
}
