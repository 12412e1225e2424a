version 1.0
struct S { Float z }
task in_a { command <<< >>> }
