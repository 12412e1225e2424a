version 1.1

task make {
  input {
    String name
  }
  command <<< printf '%s' '~{name}' > text >>>
  output {
    File made = "text"
    String same = read_string("text")
    Map[String, Float] numbers = {"half": 0.5}
    Pair[Int, String?] pair = (1, None)
  }
}

workflow w {
  call make { input: name = "x" }
  output {
    File made = make.made
    Array[String] names = [make.same, "y"]
  }
}
