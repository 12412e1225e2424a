version 1.1

task t {
  input { String s }
  command <<<>>>
}

workflow hostile {
  scatter (s in ["\"quoted\" <b>&amp;\\n#quot;", "`tick` *star* {brace} ü 漢字 ]]>", "-->"]) {
    call t { input: s = s }
  }
  if ("a" !=
      "b\\N") {
    call t as end { input: s = "x" }
  }
  if ("%%{init}%%" == ";") {
    call t as subgraph { input: s = "x" }
  }
}
