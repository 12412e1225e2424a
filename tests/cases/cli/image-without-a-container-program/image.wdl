version 1.1

task t {
  input {
    String image
  }
  command <<< echo >>>
  runtime {
    container: image
  }
}

workflow w {
  input {
    String image
  }
  call t { input: image = image }
}
