version 1.1

task t {
  input {
    Int n
    String word = "a \"b\" ~{n}"
  }
  command <<< echo ~{n} ~{word} >>>
}

workflow w {
  meta { allowNestedInputs: true }
  parameter_meta {
    files: "what is read"
    size: { help: "how much" }
  }
  input {
    Array[File]+ files
    Float? size
    Map[String, Pair[Int, Boolean]] table
  }
  call t
}
