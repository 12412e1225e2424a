workflow w {
  String dir
  String other
  output { String dir = dir  String both = dir + other  String third = both }
}
