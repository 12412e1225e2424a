version 1.0
workflow w { Boolean b = True }
