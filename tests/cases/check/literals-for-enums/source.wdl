version 1.3

enum Shade { Light, Dark }

struct Paint {
  Shade shade
  Float litres
}

workflow w {
  input { String given }
  Shade fit = "Dark"
  Shade wrong = "dark"
  Shade unknown = given
  # Members that a struct does not have are left out since 1.2.
  Paint paint = object { shade: "Bright", litres: 2, price: 3 }
  output { Array[Shade] shades = [fit, wrong, unknown, paint.shade] }
}
