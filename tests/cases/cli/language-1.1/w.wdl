version 1.1

struct Point { Int x  Int? y }

task show {
  input {
    Point point = Point { x: 1 }
    Array[String] xs
    File? extra
  }
  command <<<
    echo "~{point.x}~{point.y} ~{sep(",", quote(xs))} ~{sep(" ", squote(xs))} ~{sep(" ", prefix("-i ", xs))} ~{sep(" ", suffix(".gz", xs))}"
    echo "~{if defined(extra) then "--extra " + extra else ""}" >&2
  >>>
  output { String out = read_string(stdout())  String err = read_string(stderr())  Array[String] back = xs }
  runtime { maxRetries: 1  returnCodes: [0, 1]  disks: ["1 GiB"] }
}

task fail_once {
  command <<< exit 3 >>>
  output { String done = "yes" }
  runtime { returnCodes: "*" }
}

workflow w {
  input { Array[String] xs = ["a", "b"]  Int? none  Map[String, Array[Int]] map = {"k": [1, 2]} }
  call fail_once
  call show after fail_once { input: xs }
  call show as second after show { input: xs = show.back, point = Point { y: 3, x: 2 } }
  Pair[Array[Int], Array[String]] unzipped = unzip([(1, "one"), (2, "two")])
  Map[String, Array[Int]] collected = collect_by_key([("a", 1), ("b", 2), ("a", 3)])
  Array[Pair[String, Int]] pairs = as_pairs({"x": 1})
  scatter (pair in as_pairs(collected)) { String described = "~{pair.left}=~{length(pair.right)}" }
  output {
    Array[String] said = [show.out, second.out, show.err]
    Pair[Array[Int], Array[String]] out = unzipped
    Map[String, Array[Int]] by_key = collected
    Map[String, Int] again = as_map(pairs)
    Array[String] names = keys(map)
    Int least = min(3, 2)
    Float most = max(3, 2.5)
    Int? nothing = None
    Boolean is_none = none == None
    Array[String] scattered = described
    Array[Int?] optional = [1, None, 3]
    String joined = "~{sep(", ", range(3))}"
  }
  meta { allowNestedInputs: true }
}
