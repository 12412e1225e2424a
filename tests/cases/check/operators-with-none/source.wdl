version 1.2

workflow w {
  input { Int n }
  output {
    Boolean less = n < None
    Boolean same = n == None
    String joined = "n" + None
    String inside = "~{"n" + None}"
  }
}
