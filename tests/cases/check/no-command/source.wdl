version 1.1

task t {
  input {
    Int x
  }
  output {
    Int y = x
  }
}
