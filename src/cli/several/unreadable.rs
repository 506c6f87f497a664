//! How it is told that some of several journals could not be read.

use std::path::{Path, PathBuf};

use crate::cli::paths::shown;
use crate::cli::plurals::counted;
use crate::cli::{Exit, Failure};
use crate::reporter::thousands;

/// What follows for a command that shows the others.
pub(crate) const NOT_ALL: &str = "what is shown is not all";

/// Most of them that are named one by one.
const NAMED_MAX: usize = 20;

/// The failure of a command that could not read some journals, with what follows from that; none
/// where it read all.
pub(crate) fn unreadable(
    failed: &[(PathBuf, Failure)],
    of: usize,
    follows: &str,
) -> Option<Failure> {
    let (first, _) = failed.first()?;
    let count = counted(failed.len() as u64, "journal");
    let said = format!("{count} of {of} cannot be read; {follows}");
    let line = |path: &Path, failure: &Failure| format!("{}: {}", shown(path), failure.message);
    let mut causes: Vec<String> =
        failed.iter().take(NAMED_MAX).map(|(path, failure)| line(path, failure)).collect();
    let more = failed.len().saturating_sub(NAMED_MAX);
    causes.extend((more > 0).then(|| format!("and {} more", thousands(more as u64))));
    let hint = format!("look at it alone: `mde-offboard status --journal {}`", shown(first));
    Some(Failure::new(Exit::Journal, said).causes(causes).hint(hint))
}
