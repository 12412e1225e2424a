version 1.3
task first_line {
  input { File file }
  command <<< head -n 1 '~{file}' >>>
  output { String line = read_string(stdout()) }
}
