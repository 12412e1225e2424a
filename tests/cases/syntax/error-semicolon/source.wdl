workflow w { Int a = 1; }
