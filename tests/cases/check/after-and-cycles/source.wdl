task CleanEnv {
  File? dir
  command { rm -rf ${dir} }
  output { String done = "yes" }
}

workflow w {
  File? dir
  call CleanEnv as Clean { input: dir = dir }
  call CleanEnv as A after CleanEnv
  call CleanEnv as B after Claen
  call CleanEnv as C after D
  call CleanEnv as D after E
  call CleanEnv as E after C
  String x = y
  String y = x
  String self = self + "!"
  scatter (i in [F.done]) {
    call CleanEnv as F
  }
  scatter (i in [1, 2]) {
    call CleanEnv as G after Clean
    call CleanEnv as H after G
  }
  call CleanEnv as I after H after G
}
