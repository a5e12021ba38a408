//! The `gongfu` binary: nothing but the call into the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gongfu::cli::main(std::env::args_os().collect())
}
