workflow w { call t as a as b }
