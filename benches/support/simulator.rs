//! The program's simulator as a process of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use super::program::{Running, program};

/// A simulator, and where it listens.
pub(crate) fn simulator<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> (Running, String) {
    let mut command = program(folder);
    command.arg("simulator").args(arguments).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the simulator starts");
    let mut url = String::new();
    let output = child.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut url).expect("its address");
    (Running(child), url.trim().to_owned())
}
