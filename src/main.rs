//! The program `mde-offboard`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mde_offboard::cli::run(std::env::args_os()).into()
}
