version 1.0
workflow w {
  Int a = b + 1
  if (a > 1) { Int b = 2 }
}
