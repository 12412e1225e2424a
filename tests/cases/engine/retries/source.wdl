version 1.0
task t { input { Int x } command <<<>>> output { Int y = x } }
workflow w { call t { input: x = 1 } }
