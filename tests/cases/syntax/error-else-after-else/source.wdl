version 1.3
workflow w { if (true) {} else {} else if (false) {} }
