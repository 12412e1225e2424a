version 1.3
enum Color { Red, Green, Blue }
enum Size[Int] { Small = 1, Large = 2 ** 10, }
enum Empty {}
workflow w {
  input { Color c = Color.Red  Boolean b }
  if (b) {
    call t
  } else if (!b) {
    Int x = 1
  } else if (b && b) { }
  else {
    scatter (i in [1]) { if (b) {} else { call t as u } }
  }
}
