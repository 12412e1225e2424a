version 1.0
# Words that later versions reserve name things here.
struct hints { String version  Int? enum  Array[String] left }
task after {
  input {
    String version
    Int env = 1
    String object = "o"
    Array[String]+ requirements
    hints None
    String sep
    Boolean default
  }
  Directory Directory = hints
  command <<<
    echo ~{sep} ~{default} ~{sep=sep requirements} ~{None.version} ~{true="t" false='f' default} ~{default=3 env} ~{default == env}
  >>>
  output { String right = object + None.left[0]  String alias = version }
}
workflow struct {
  input { Int after = 1 }
  call after as env after after after struct { input: version = "1", env = after }
}
