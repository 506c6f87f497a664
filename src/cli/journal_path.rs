//! Which journal: the one that was named, else the user's own.

use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use super::paths::shown;
use super::user_folders;

/// The journal that is named, else that of the profile, of rehearsals, or of everything else.
pub(crate) fn of(
    named: Option<PathBuf>,
    profile: Option<&str>,
    simulate: Simulate,
) -> Result<PathBuf, Failure> {
    named.map_or_else(|| default_path(profile, simulate), Ok)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Simulate {
    No,
    Yes,
}

impl From<bool> for Simulate {
    fn from(simulate: bool) -> Self {
        if simulate { Self::Yes } else { Self::No }
    }
}

fn default_path(profile: Option<&str>, simulate: Simulate) -> Result<PathBuf, Failure> {
    let name = match simulate {
        Simulate::No => profile.unwrap_or("default"),
        Simulate::Yes => "simulation",
    };
    let folder = user_folders::data().ok_or_else(|| {
        Failure::new(Exit::Usage, "there is no home folder to keep the journal in")
            .hint("name one: --journal PATH")
    })?;
    Ok(folder.join("mde-offboard").join(format!("{name}.db")))
}

/// What to do where a journal has no batch. Rehearsals are kept apart: who has rehearsed, and looks
/// for it without saying so, is told how.
pub(crate) fn without_a_batch(journal: Option<&Path>) -> String {
    let rehearsals = default_path(None, Simulate::Yes).ok().filter(|path| path.exists());
    let words = match rehearsals.filter(|path| journal != Some(path)) {
        None => "`run FILE` makes one; --journal names another journal",
        Some(_) => {
            "`run FILE` makes one; rehearsals are in a journal of their own: \
             `mde-offboard status --simulate`"
        }
    };
    words.to_owned()
}

/// Why a journal has no batch where [`Context::look_into`](super::Context::look_into) finds none:
/// its file is not there, or has nothing in it.
pub(crate) fn nothing_in(path: &Path) -> String {
    let why = if path.exists() { "is empty" } else { "does not exist" };
    format!("{} {why}", shown(path))
}
