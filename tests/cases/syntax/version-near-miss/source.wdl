version 1.4
workflow w {}
