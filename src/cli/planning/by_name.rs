//! `--by-name`: the machine of each name, from the inventory; what is not certain ends the command.

use crate::domain::text::{in_line, plural};
use crate::journal::{Journal, NameFit, NameProblem, UnresolvedName};
use crate::reporter::thousands;

use crate::cli::list::staging::ReadLists;
use crate::cli::planning::words::ShownAt;
use crate::cli::{Exit, Failure};

/// Most names on the screen.
const NAMES_MAX: usize = 20;

/// Most machines on the screen for one name.
const FITS_MAX: usize = 5;

/// Finds the machines of all names, once the inventory is in the journal.
pub(crate) fn resolve(
    journal: &mut Journal,
    lists: &ReadLists,
    seen: ShownAt<'_>,
) -> Result<(), Failure> {
    let counts = journal.resolve_names()?;
    let bad = counts.ambiguous + counts.not_found;
    if bad == 0 {
        return Ok(());
    }
    let mut lines = Vec::new();
    journal.each_unresolved(|name| {
        if lines.len() < NAMES_MAX {
            lines.push(line(&name, &lists.place(name.source, name.line), seen));
        }
        Ok::<(), Failure>(())
    })?;
    if bad > NAMES_MAX as u64 {
        lines.push(format!("and {} more", thousands(bad - NAMES_MAX as u64)));
    }
    let what = plural(bad, "name is not that", "names are not those");
    let one = plural(bad, "", " each");
    let said = format!("{} {what} of exactly one onboarded machine{one}", thousands(bad));
    let mut failure = Failure::new(Exit::Guard, format!("{said}; nothing was queued")).hint(
        "list the machines that you mean by their IDs (`Device ID` in the portal's export), or \
         remove these names from the list",
    );
    failure.causes = lines;
    Err(failure)
}

/// `line 4: pc-1: name_ambiguous: 0101... (seen 20 Nov 18:02, Active), ...`
fn line(name: &UnresolvedName, place: &str, seen: ShownAt<'_>) -> String {
    let fits: Vec<String> =
        name.fits.iter().take(FITS_MAX).map(|fit| words(fit, name.problem, seen)).collect();
    let more = name.fits_in_all.saturating_sub(fits.len() as u64);
    let more = if more > 0 { format!(" and {} more", thousands(more)) } else { String::new() };
    let found = match (name.problem, fits.as_slice()) {
        (NameProblem::Ambiguous, _) => format!(": {}{more}", fits.join("; ")),
        (NameProblem::NotFound, []) => String::new(),
        (NameProblem::NotFound, _) => format!("; with this name: {}{more}", fits.join("; ")),
    };
    format!("{place}: {}: {}{found}", in_line(&name.name), name.problem.word())
}

fn words(fit: &NameFit, problem: NameProblem, seen: ShownAt<'_>) -> String {
    let seen = fit.last_seen.map(|at| format!("seen {}", seen.at(at)));
    let status = match problem {
        NameProblem::Ambiguous => fit.health_status.clone(),
        NameProblem::NotFound => fit.onboarding_status.clone(),
    };
    let merged = fit.merged_into.map(|other| format!("merged into {other}"));
    let said: Vec<String> =
        [fit.name.clone(), seen, status, merged].into_iter().flatten().collect();
    format!("{} ({})", fit.id, in_line(&said.join(", ")))
}
