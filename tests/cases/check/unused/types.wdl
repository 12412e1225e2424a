version 1.1
struct S { Int x }
