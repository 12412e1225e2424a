version 1.3
task t {
  command <<< >>>
}
