workflow w {
  Int input = 1
}
