version 1.0
task t { input { Int x } command <<<>>> output { Int y = x } }
workflow w { scatter (i in range(3)) { call t { input: x = i } } }
