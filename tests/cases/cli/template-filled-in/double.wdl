version 1.1

task double {
  input {
    Int n
    String? word
    Array[String] words = ["a", "b"]
    File? notes
  }
  command <<< echo $((2 * ~{n})) >>>
  output {
    Int doubled = read_int(stdout())
    String? same_word = word
    Array[String] same_words = words
    File? same_notes = notes
  }
}
