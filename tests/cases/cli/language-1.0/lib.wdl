version 1.0
struct Person { String name  Int age  Array[String] pets }
task name_of {
  input { Person person }
  command <<< echo ~{person.name} >>>
  output { String name = read_string(stdout()) }
}
workflow people {
  input { Array[Person]+ people }
  scatter (person in people) { call name_of { input: person = person } }
  output { Array[String] names = name_of.name  Person first = people[0] }
}
