version 1.2

struct Inner { File file  Pair[Int, String] pair }
struct Outer { String name  Inner inner  Map[Int, Array[File]] by_number  Map[String, Inner]? more }

workflow w {
  input { Outer outer  Map[Float, Boolean] flags  Array[Pair[Int, Int]] pairs }
  output {
    Outer back = outer
    Map[Float, Boolean] flags_back = flags
    Map[Pair[Int, Int], String] odd = as_map([((1, 2), "a")])
    Int sum = pairs[0].left + pairs[1].right
    String key = outer.by_number[7][0]
  }
}
