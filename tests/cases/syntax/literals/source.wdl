version 1.1
workflow w {
  Map[String, Int] m = {"a": 1, 'b': 2,}
  Map[String, Int] keys = {name: 1, (name): 2, f("x"): 3, true: 4}
  Map[String, Int] empty = {}
  Object o = object { a: 1, "b c": "two", input: [1], }
  Person p = Person { name: "x", task: {"k": Nested {}} }
  Int? nothing = None
  Array[Array[Int]] nested = [[], [1], [1, 2]]
  Int call_result = f(1, g(), [h(2)])
  Pair[Int, Pair[Int, Int]] deep = (1, (2, 3))
}
