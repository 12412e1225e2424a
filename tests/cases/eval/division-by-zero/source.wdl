version 1.0

task t {
  input {
    Int files
    Int lanes
  }

  command <<<
    split --each ~{files / lanes}
  >>>
}
