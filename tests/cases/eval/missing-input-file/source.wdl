version 1.1

task count {
  input {
    File reads
    Array[File]+ more
  }

  command <<< wc -l ~{reads} ~{sep(" ", more)} >>>
}
