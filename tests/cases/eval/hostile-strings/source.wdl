version 1.0

task t {
  input {
    String text
    Array[String] words
    File reference
    Map[String, String] labels
  }

  command <<<
    printf '%s\n' "~{text}" > out.txt
    awk '{ print $1, ${HOME} }' ~{reference} >> out.txt
    echo ~{sep="' '" words} {{handlebars}} \>>> >> out.txt
    cat ~{write_map(labels)} ~{write_lines(words)}
  >>>

  output {
    Array[String] lines = read_lines("out.txt")
    File out = "out.txt"
    String swapped = sub(text, "['\"$]", "_")
  }
}
