version 1.1

struct Sides {
  Array[Pair[Int, Int]] sides
}

task t {
  input {
    Array[Pair[Int, Int]]? pairs
    Map[Int, String] numbered
    Map[File, Array[Boolean?]] of_files
    Sides sides
  }
  command <<<
    cat ~{write_json((1, 2))} ~{write_json(pairs)} ~{write_json(numbered)} ~{write_json(sides)}
    cat ~{write_json(of_files)} ~{write_json({})} ~{write_json(object { a: 1 })} ~{write_json({ "a": [1.5] })}
  >>>
}
