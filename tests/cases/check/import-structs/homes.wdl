version 1.1
struct Address { String street }
