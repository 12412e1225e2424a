version 1.1.2
workflow w {}
