workflow w {
  String a = "tab\tnew\nquote\"single\'back\\bell\a"
  String b = 'octal \101 \7 \0, hex \x41, unicode \u00e9 \U0001F600, \u00e9bc'
  String regex = sub("x", "\.bam$", "\d")
  String text = "日本 é"
}
