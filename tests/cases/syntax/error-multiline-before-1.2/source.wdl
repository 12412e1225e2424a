version 1.1
workflow w {
  String s = <<<
    a
  >>>
}
