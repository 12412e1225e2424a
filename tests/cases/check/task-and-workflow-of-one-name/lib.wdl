version 1.0
task same {
  input { Int n }
  command <<< echo ~{n} >>>
  output { Int from_task = read_int(stdout()) }
}
workflow same {
  input { Int x }
  call same as inner { input: n = x }
  output { Int from_workflow = inner.from_task }
}
