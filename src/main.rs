//! The `sluice` program: parse arguments, call the library, print the failure, exit.

fn main() {}
