version 1.0
struct Sample { String name }
