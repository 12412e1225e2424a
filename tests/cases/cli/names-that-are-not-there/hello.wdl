version 1.1

task greet {
  input {
    String who
    Int times = 1
  }
  command <<<
    for n in $(seq ~{times}); do echo "hello, ~{who}"; done
  >>>
  output {
    String greeting = read_string(stdout())
    File written = stdout()
  }
}

workflow hello {
  input {
    String who
    Array[Int]? numbers
  }
  call greet { input: who = who }
  output {
    String greeting = greet.greeting
  }
}
