version 1.1
task t { input { Int n } command <<< ~{n} >>> }
workflow w {
  call t
  meta { allowNestedInputs: true }
}
