version 1.0
task t { input { Int n  String s = "x"  File? f } command <<<>>> output { Int m = n } }
