version 1.0
task t { input { Int n = 4  String s } command <<<>>> output { Int m = n  File? f = "none" } }
