version 1.0
workflow w {
  Int n = sze("é") + [1]
}
