task t {
  input {
    File f
  }
  command {}
}
