version 1.1
task dangling {
  command <<< ln -s gone out.txt >>>
  output { File out = "out.txt" }
}
task none {
  command <<< ln -s gone out.txt >>>
  output { File? out = "out.txt" }
}
task pipe {
  command <<< mkfifo out.txt >>>
  output { File out = "out.txt" }
}
task reader {
  command <<< mkfifo out.txt >>>
  output { String out = read_string("out.txt") }
}
task null {
  input { File nothing = "/dev/null" }
  command <<< wc -c < ~{nothing} >>>
  output {
    Int count = read_int(stdout())
    String text = read_string("/dev/null")
  }
}
