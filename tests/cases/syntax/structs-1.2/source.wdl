version 1.2
struct Person {
  meta { description: "someone" }
  String name
  Person? friend
  parameter_meta { name: "of the person" }
}
workflow w {}
