version 1.0
task t { command <<< true >>> }
workflow w {
  call t
  call t as u after t
}
