version 1.1

workflow w {
  input {
    Int n = 0
  }
  output {
    Int part = 12 / n
  }
}
