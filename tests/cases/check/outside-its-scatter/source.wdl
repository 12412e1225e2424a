version 1.1

workflow w {
  scatter (item in [1, 2]) {
    call t { input: x = item }
  }
  call t as u after v { input: x = length() }
  output {
    Int last = item
    Array[Int] all = t.y
  }
}

task t {
  input {
    Int x
  }
  command <<< >>>
  output {
    Int y = x
  }
}
