task t { Int n Int more = 5 String label command { true } output { Int m = n } }
workflow sub {
  Int n
  Int start = 1
  scatter (name in ["x", "y"]) {
    call t { input: n = n + start }
    String named = name
  }
  output { Int total = t.m[0] + t.m[1]  Array[String] names = named }
}
