//! Which outputs of a command share a stream: nobody could tell them apart again.
//!
//! Deliberately absent: words for people on standard output, and what a shell leads together.

use std::path::Path;

use crate::cli::failure::Unadvised;
use crate::cli::paths::is_standard_stream;
use crate::cli::{Exit, Failure};

use super::kind::{OutputKind, Printed, WantedOutput};

pub(super) const STANDARD_OUTPUT: &str = "/dev/stdout";
pub(super) const STANDARD_ERROR: &str = "/dev/stderr";

/// Refuses two outputs that would be written to one stream.
pub(super) fn refuse_shared_streams(
    wanted: &[WantedOutput],
    printed: Printed,
) -> Result<(), Failure> {
    let named = wanted.iter().filter_map(|wanted| Some((wanted.kind, stream_of(wanted)?)));
    let named: Vec<(OutputKind, &str)> = named.collect();
    for (place, (kind, stream)) in named.iter().enumerate() {
        let option = kind.option();
        if let Some((other, _)) = named[..place].iter().find(|(_, other)| other == stream) {
            let other = other.option();
            let hint = format!("name a file for {other} or for {option}");
            return Err(shared((other, option), stream).hint(hint));
        }
        match printed {
            _ if *stream != STANDARD_OUTPUT => {}
            Printed::Document if !kind.is_result() => {
                let hint = format!("name a file for {option}, or leave out --json");
                return Err(shared(("--json", option), stream).hint(hint));
            }
            Printed::Result(result) => {
                let hint = format!("name a file for {option} or for {}", result.option());
                return Err(shared(("the result", option), stream).hint(hint));
            }
            Printed::Document | Printed::Words => {}
        }
    }
    Ok(())
}

/// Whether an output with this name is written to standard output, if it may be a stream.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    is_standard_stream(path) || cfg!(unix) && path == Path::new(STANDARD_OUTPUT)
}

fn shared((one, other): (&str, &str), stream: &str) -> Unadvised {
    let stream = if stream == STANDARD_OUTPUT { "standard output" } else { "standard error" };
    Failure::new(Exit::Usage, format!("{one} and {other} would both be written to {stream}"))
}

/// The stream that an output is written to, by its one name.
fn stream_of(wanted: &WantedOutput) -> Option<&'static str> {
    if wanted.kind.takes_stream() && is_standard_output(&wanted.path) {
        return Some(STANDARD_OUTPUT);
    }
    (cfg!(unix) && wanted.path == Path::new(STANDARD_ERROR)).then_some(STANDARD_ERROR)
}
