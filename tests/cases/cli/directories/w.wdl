version 1.2

task measure {
  input { Directory dir }
  command <<< ls '~{dir}' >>>
  output {
    Array[String] names = read_lines(stdout())
    String name = basename(dir)
    Float bytes = size(dir)
    String one = read_string(join_paths(dir, "one"))
  }
}

task linked {
  input { Directory dir  String target }
  command <<<
    mkdir -p out/sub
    echo > out/own
    ln -s own out/to-own
    ln -s '~{dir}' out/to-input
    ln -s ../out out/sub/up
    ln -s nowhere out/to-nothing
    if [ -n '~{target}' ]; then ln -s '~{target}' out/sub/away; fi
  >>>
  output { Directory out = "out"  Float bytes = size("out") }
}

task missing {
  command <<< true >>>
  output { Directory? maybe = "none"  File? file = "none" }
}

task required {
  command <<< touch file >>>
  output { Directory dir = "file" }
}

task takes_file {
  input { File file  File? other = "not-there" }
  command <<< echo ~{defined(other)} >>>
  output { Boolean has_other = read_boolean(stdout()) }
}
