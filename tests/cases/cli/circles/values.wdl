version 1.1

workflow w {
  Int a = b + 1
  Int b = a + 1
  output {
    Int sum = a + b
  }
}
