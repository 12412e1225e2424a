version 1.0
workflow w { String a = “x” }
