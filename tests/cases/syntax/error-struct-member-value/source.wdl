version 1.0
struct S { Int a = 1 }
