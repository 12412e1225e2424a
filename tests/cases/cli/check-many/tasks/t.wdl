version 1.0
task t {
  input { Int n }
  command { echo }
}
