task t {
  command { x }
  runtime {
    docker = "image"
  }
}
