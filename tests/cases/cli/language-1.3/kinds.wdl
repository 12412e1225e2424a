version 1.3
enum Level { Low = 1, High = 20 }
