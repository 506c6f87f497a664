//! Which journal: the one that was named, else the user's own.

use std::path::{Path, PathBuf};

use directories::BaseDirs;

use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use crate::report::quoted;

/// The journal of an option, of the environment, or the default.
///
/// A rehearsal has a journal of its own, and takes another one only where an option names it: a
/// variable that points to the real journal must not draw rehearsals into it.
pub(crate) fn of(option: Option<PathBuf>, simulate: Simulate) -> Result<PathBuf, Failure> {
    let given = option.or_else(|| match simulate {
        Simulate::No => environment::journal(),
        Simulate::Yes => None,
    });
    given.map_or_else(|| default_path(simulate), Ok)
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

fn default_path(simulate: Simulate) -> Result<PathBuf, Failure> {
    let name = match simulate {
        Simulate::No => "default.db",
        Simulate::Yes => "simulation.db",
    };
    let folders = BaseDirs::new().ok_or_else(|| {
        Failure::new(Exit::Usage, "there is no home folder to keep the journal in")
            .hint("name one: --journal PATH")
    })?;
    Ok(folders.data_local_dir().join("mde-offboard").join(name))
}

/// What to do where a journal has no batch. Rehearsals are kept apart: who has rehearsed, and looks
/// for it without saying so, is told where it is.
pub(crate) fn without_a_batch(journal: Option<&Path>) -> String {
    let rehearsals = default_path(Simulate::Yes).ok().filter(|path| path.exists());
    match rehearsals.filter(|path| journal != Some(path)) {
        None => "`run FILE` makes one; --journal names another journal".to_owned(),
        Some(path) => format!(
            "`run FILE` makes one; rehearsals are in a journal of their own: --journal {}",
            quoted(&path.display().to_string())
        ),
    }
}
