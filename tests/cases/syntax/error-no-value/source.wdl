version 1.0
task t {
  Int a
  command {}
}
