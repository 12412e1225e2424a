version 1.1

workflow w {
  input {
    Strin g who
  }
}
