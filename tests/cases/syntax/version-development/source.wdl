# next
version development
workflow w {}
