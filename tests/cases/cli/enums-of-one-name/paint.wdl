version 1.3
enum Shade { Dark = 10, Light = 20 }
task mix {
  input { Shade shade }
  command <<< >>>
  output {
    Shade mixed = shade
    Int number = value(shade)
  }
}
