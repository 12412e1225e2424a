version 1.1

struct Sample {
  String name
  Int lanes
  File? reads
}

workflow w {
  input { String given }
  Sample whole = object { name: given, lanes: 2 }
  Sample short = object { name: given, reads: "r.fq" }
  Sample more = object { name: given, lanes: "many", lane: 3 }
  Array[Sample] list = [object { name: given, lanes: 1 }, object { lanes: 1 }]
  output { Array[Array[Sample]] all = [[whole, short, more], list] }
}
