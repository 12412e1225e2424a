version 1.1

task double {
  input {
    Int n
    Float by = 2.0
    Boolean aloud = false
    File? notes
    Array[String] words = []
  }
  command <<<
    echo $((2 * ~{n})) # ~{by} ~{aloud}
  >>>
  output {
    Int doubled = read_int(stdout())
    File? same_notes = notes
    Array[String] same_words = words
  }
}
