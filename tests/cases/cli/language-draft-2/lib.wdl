task greet {
  String who
  command <<<
    echo "hello ${who}"
  >>>
  output { String said = read_string(stdout()) }
}
task twice { Int n command { echo $((2 * ${n})) } output { Int out = read_int(stdout()) } }
workflow inner {
  Int n
  call twice { input: n = n }
  output { Int out = twice.out }
}
