version 1.0
task t {
  input { Array[String] xs }
  command <<< ~{sep=" " sep="," xs} >>>
}
