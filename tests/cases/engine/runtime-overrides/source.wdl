version 1.1
task t { input { Int x } command <<<>>> output { Int y = x } runtime { memory: "1 GB" } }
workflow w { call t { x = 1 }  call t as u { x = 2 } }
