workflow w {
  Int while = 1
  Int twice = 2 * while
}
