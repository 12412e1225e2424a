version 1.0
workflow w {
  input { File list }
  scatter (x in read_json(list)) { Int y = x }
}
