task t {
  command {}
  output { File f }
}
