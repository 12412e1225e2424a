version 1.0
# An argument that consults files gets a node of its own; one that does not is evaluated when the call starts.
task t { input { String text  Int n } command <<<>>> output { File f = "f" } }
workflow w {
  input { File list  Int n = 3 }
  scatter (line in read_lines(list)) {
    call t { input: text = read_string(line), n = n + 1 }
  }
  if (size(list) > 10.0) {
    Int big = 1
  }
}
