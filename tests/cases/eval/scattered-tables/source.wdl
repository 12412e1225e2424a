version 1.0

task t {
  input {
    Array[Array[String]] rows
    Array[Pair[String, Int]] counts = [("a", 1), ("b", 2)]
  }
  Int columns = length(transpose(rows))

  command <<<
    join ~{write_tsv(rows)} ~{write_json(counts)} --columns ~{columns}
  >>>

  output {
    Array[Object] objects = read_objects("table.tsv")
    Map[String, Int] totals = read_map(stdout())
    Array[Array[Int]] numbers = read_tsv("numbers.tsv")
    Object first = objects[0]
    Int a = objects[1].n
    Array[File] parts = glob("part-*.tsv")
    Float kilobytes = size(parts, "K")
  }
}
