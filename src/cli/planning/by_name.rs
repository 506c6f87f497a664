//! `--by-name`: names that are not those of one machine, in words; those that are refused end the
//! command.

use crate::domain::text::{in_line, plural};
use crate::guard::{Class, Treatment};
use crate::journal::{NameFit, UnresolvedName};
use crate::plan::PlannedName;
use crate::reporter::thousands;

use crate::cli::list::staging::Stock;
use crate::cli::planning::shown_at::ShownAt;
use crate::cli::{Exit, Failure};

/// Most names on the screen.
const NAMES_MAX: usize = 20;

/// Names that are not those of one machine: those that are refused, and those that are left out.
#[derive(Default)]
pub(crate) struct UnclearNames {
    refused: NamedLines,
    left_out: NamedLines,
}

/// How many names there are, and the lines of the first.
#[derive(Default)]
struct NamedLines {
    count: u64,
    lines: Vec<String>,
}

impl UnclearNames {
    pub(crate) fn add(&mut self, planned: &PlannedName, stock: &Stock, seen: ShownAt<'_>) {
        let names = match planned.treatment {
            Treatment::Refuse => &mut self.refused,
            _ => &mut self.left_out,
        };
        names.count += 1;
        if names.lines.len() < NAMES_MAX {
            names.lines.push(line(&planned.name, stock, seen));
        }
    }

    /// Refuses a list with names that were not to be left out.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let bad = self.refused.count;
        if bad == 0 {
            return Ok(());
        }
        let what = plural(bad, "name is not that", "names are not those");
        let one = plural(bad, "", " each");
        let said = format!("{} {what} of exactly one onboarded machine{one}", thousands(bad));
        let mut failure = Failure::new(Exit::Guard, format!("{said}; nothing was queued")).hint(
            "list the machines that you mean by their IDs (`Device ID` in the portal's export); \
             to leave such names out: --on name_ambiguous=skip --on name_not_found=skip",
        );
        failure.causes = self.refused.told();
        Err(failure)
    }

    /// Those that are left out, one a line.
    pub(crate) fn left_out(&self) -> Vec<String> {
        self.left_out.told()
    }
}

impl NamedLines {
    fn told(&self) -> Vec<String> {
        let more = self.count - self.lines.len() as u64;
        let more = (more > 0)
            .then(|| format!("and {} more; `plan` with --details FILE lists all", thousands(more)));
        self.lines.iter().cloned().chain(more).collect()
    }
}

/// `line 4: pc-1: name_ambiguous: 0101... (seen 20 Nov 18:02, Active), ...`
fn line(name: &UnresolvedName, stock: &Stock, seen: ShownAt<'_>) -> String {
    let place = stock.place(name.source, name.line);
    let found = match (name.class, fits(name, seen)) {
        (_, fits) if fits.is_empty() => String::new(),
        (Class::NameNotFound, fits) => format!("; with this name: {fits}"),
        (_, fits) => format!(": {fits}"),
    };
    format!("{place}: {}: {}{found}", in_line(&name.name), name.class)
}

/// The machines that may have a name, the one that was seen last first.
pub(crate) fn fits(name: &UnresolvedName, seen: ShownAt<'_>) -> String {
    let fits: Vec<String> = name.fits.iter().map(|fit| words(fit, name.class, seen)).collect();
    let more = name.fits_in_all.saturating_sub(fits.len() as u64);
    let more = if more > 0 { format!(" and {} more", thousands(more)) } else { String::new() };
    format!("{}{more}", fits.join("; "))
}

fn words(fit: &NameFit, class: Class, seen: ShownAt<'_>) -> String {
    let seen = fit.last_seen.map(|at| format!("seen {}", seen.at(at)));
    let status = match class {
        Class::NameNotFound => fit.onboarding_status.clone(),
        _ => fit.health_status.clone(),
    };
    let merged = fit.merged_into.map(|other| format!("merged into {other}"));
    let said: Vec<String> =
        [fit.name.clone(), seen, status, merged].into_iter().flatten().collect();
    format!("{} ({})", fit.id, in_line(&said.join(", ")))
}
