version 1.1
task t { input { Int n  Int? more } command <<<>>> output { Int m = n } }
workflow w { call t  call t as twice { input: n = 1, n = 2 } }
