task t { Int n File reads command { true } output { Int m = n } }
workflow w {
  Int count
  String? name
  call t { input: n = count }
}
