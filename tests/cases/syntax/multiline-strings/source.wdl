version 1.2
workflow w {
  input { String name }
  String plain = <<<
    This is
      indented \
          and joined, with "quotes" and ~{name} and ${name + "}"}

    blank lines stay\ttabs too \\
    \>>> is text, \x41
  >>>
  String inline = <<<one ~{name}>>>
  String empty = <<<>>>
  String starts = <<<
  ~{name}
    deeper
  >>>
  meta { note: <<<
    no ~{placeholder} here
  >>> }
}
