task t {
  Array[Int]? lanes
  String n = "4"
  Int m = n * 2
  Boolean yes = "true"
  command { x ${"--lanes " + lanes} ${m} ${true="a" false="b" yes} ${lanes} }
}
workflow w { Array[Int]? one = 4  call t { input: lanes = one }  call t as bad { input: lanes = t } }
