version 1.0
task a { command {} }
workflow w {
  scatter (i in [1]) {
    call a
}
