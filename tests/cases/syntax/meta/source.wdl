version 1.0
task t {
  meta {
    author: "A \"quoted\" ~{name} ${x}"
    email: 'a@b.c', nothing: null
    input: true
    numbers: [1, -2, 3.5, -1e3, 0x10]
    nested: { a: { b: [ {c: "d"} ] }, task: false, }
  }
  parameter_meta {
    x: { help: "what", choices: ["a", "b"] }
    y: "plain"
  }
  command {}
}
