workflow w {
  call t { input: a: 1 }
}
