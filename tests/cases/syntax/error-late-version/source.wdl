task t { command {} }
version 1.0
