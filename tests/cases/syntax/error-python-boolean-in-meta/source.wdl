version 1.0
task t {
  meta { volatile: True }
  command {}
}
