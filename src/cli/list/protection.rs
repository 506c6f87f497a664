//! Reads the lists that `--protect` and the settings name.

use std::path::{Path, PathBuf};

use crate::guard::ProtectList;

use crate::cli::paths::shown;
use crate::cli::small_file::{self, SmallFileError};
use crate::cli::{Exit, Failure};

/// Longest file: 100,000 entries fit.
const KIB_MAX: u64 = 8 * 1024;

/// The protect lists of these names, as one; without any, none.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Option<ProtectList>, Failure> {
    let lists = paths.iter().map(|path| read_one(path)).collect::<Result<Vec<_>, _>>()?;
    ProtectList::together(lists).map_err(|error| {
        let said = format!("the protect lists together: {error}");
        Failure::new(Exit::Usage, said).hint(error.hint())
    })
}

fn read_one(path: &Path) -> Result<ProtectList, Failure> {
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
    list.map_err(|error| refused(&error.to_string()).hint(error.hint()))
}
