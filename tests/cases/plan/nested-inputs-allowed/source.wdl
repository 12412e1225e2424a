version 1.1
task t { input { Int n  Int? more } command <<<>>> output { Int m = n } }
workflow w { call t { n = 1 }  meta { allowNestedInputs: true } }
