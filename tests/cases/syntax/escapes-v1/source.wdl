version 1.2
workflow w {
  String a = "tab\tnew\nquote\"single'back\\tilde\~{no} dollar\${no}"
  String b = 'octal \1012 hex \x41BC unicode \u00e9bc \U0001F600'
  String regex = "\\.bam$"
}
