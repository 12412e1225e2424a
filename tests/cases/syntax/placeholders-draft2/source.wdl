task t {
  String s
  Array[String] xs
  Boolean b
  String lone = "costs $5 and 100% ~ tilde ~{not a placeholder} $$ ${s}$"
  String nested = "a${if b then "yes ${s + "}"}" else 'no "quoted"'}z"
  String options = "${sep=', ' xs} ${true='--on' false="--off" b} ${default="$" s} ${sep='"' xs}"
  command {
    echo ~{s ${s} $HOME $(date) ~/x
    awk '\{print $1\}' | sed 's/\\}//'
  }
  runtime { docker: "${s}" }
}
task u {
  command <<<
    echo ~{s} ${s} {a,b} } \>>> \} > x >> y
  >>>
}
