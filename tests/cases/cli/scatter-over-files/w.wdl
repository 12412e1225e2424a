version 1.1

struct Row {
  File file
  Float half
}

task show {
  input {
    Pair[File, Float] pair
  }
  command <<< cat '~{pair.left}'; echo ' ~{pair.right}' >>>
  output {
    String text = read_string(stdout())
  }
}

workflow w {
  scatter (pair in zip([write_lines(["a"]), write_lines(["b"])], [1.0, 2.5])) {
    call show { input: pair = pair }
    Float more = pair.right + 1
  }
  scatter (entry in as_pairs({"k": write_lines(["a"])})) {
    String key = entry.left
  }
  scatter (row in [Row { file: write_lines(["a"]), half: 2.0 }]) {
    Row same = row
    String first = read_string(row.file)
  }
  output {
    Array[String] texts = show.text
    Array[Float] mores = more
    Array[String] keys = key
    Array[Float] halves = [same[0].half]
    Array[String] firsts = first
  }
}
