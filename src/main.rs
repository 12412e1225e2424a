//! The `sluice` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluice::cli::main()
}
