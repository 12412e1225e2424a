version 1.0
workflow w { Float a = 1.5  Float b = -1e400 }
