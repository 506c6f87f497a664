//! Reads the list that `--protect` names.

use std::path::Path;

use crate::guard::ProtectList;

use crate::cli::paths::shown;
use crate::cli::small_file::{self, SmallFileError};
use crate::cli::{Exit, Failure};

/// Longest file: 100,000 entries fit.
const KIB_MAX: u64 = 8 * 1024;

/// The protect list of this name; without one, none.
pub(crate) fn read(path: Option<&Path>) -> Result<Option<ProtectList>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let name = shown(path);
    let refused = |why: &str| Failure::new(Exit::Usage, format!("--protect {name}: {why}"));
    let bytes = small_file::read(path, KIB_MAX).map_err(|error| match error {
        SmallFileError::Unreadable(error) => refused("the file cannot be read")
            .caused_by(&error)
            .hint("name a protect list; nothing is sent without it"),
        SmallFileError::NoFile => refused("this is not a regular file").hint("name a file"),
        SmallFileError::TooLarge(_) => refused(&error.to_string())
            .hint("is it a protect list? it names what must never be offboarded"),
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| refused("this is not UTF-8").hint("save the file again as UTF-8"))?;
    let list = ProtectList::parse(&name, &text);
    list.map(Some).map_err(|error| refused(&error.to_string()).hint(error.hint()))
}
