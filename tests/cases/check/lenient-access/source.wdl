version 1.0
struct Point { Int x  String? label }
workflow w {
  input { Point p  Map[String, Int] ages  File?? maybe  String key }
  Int a = p["x"]
  Int b = ages.tom
  Int c = p["y"]
  String d = "~{p[key]}"
  output { Int out = a + b + c  String text = d  File? back = maybe }
}
