version 1.0
task t {
  input { String s  Array[String] xs  Boolean b }
  String both = "~{s} ${s} ~ $ ~x $x \~{s} \${s}"
  String nested = 'a~{if b then "yes ${s + "}"}" else "no"}z'
  command {
    echo ~{s} ${s} $HOME $(date) "~{sep="' '" xs}" \}
  }
}
task u {
  command <<<
    echo ~{s} ${s} ${HOME:-"~{s}"} {a,b} } \} \>>> >> x
    ~{
       # A comment, and a brace: }
       s
    }
  >>>
}
