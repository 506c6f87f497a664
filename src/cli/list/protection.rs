//! Reads the list that `--protect` names.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::guard::ProtectList;

use crate::cli::paths::shown;
use crate::cli::{Exit, Failure};

/// Longest file: 100,000 entries fit.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

/// The protect list of this name; without one, none.
pub(crate) fn read(path: Option<&Path>) -> Result<Option<ProtectList>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let name = shown(path);
    let refused = |why: &str| Failure::new(Exit::Usage, format!("--protect {name}: {why}"));
    let unreadable = |error: io::Error| {
        let failure = refused("the file cannot be read").caused_by(&error);
        failure.hint("name a protect list; nothing is sent without it")
    };
    // Before it is opened: opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(refused("this is not a regular file").hint("name a file"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > BYTES_MAX {
        let most = BYTES_MAX / 1024 / 1024;
        return Err(refused(&format!("the file is larger than {most} MiB"))
            .hint("is it a protect list? it names what must never be offboarded"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| refused("this is not UTF-8").hint("save the file again as UTF-8"))?;
    let list = ProtectList::parse(&name, &text);
    list.map(Some).map_err(|error| refused(&error.to_string()).hint(error.hint()))
}
