version 1.3
task t {
  command <<< echo ~{task.max_retries} ~{select_first([task.previous.memory, 0])} ~{task.previous.cpus} >>>
  requirements {
    memory: if task.attempt > 0 then select_first([task.previous.memory, 1]) * 2 else 1000000000
    cpu: task.cpu
    max_retries: if task.name == "t" && defined(task.meta.x) && task.id != "" then 1 else task.max_retries
    container: task.previous.container
    disks: task.previous.disk
  }
  output { Array[String]? gpus = task.previous.gpu  Map[String, Int]? disks = task.previous.disks }
}
