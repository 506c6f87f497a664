//! `show`: everything that is known of a machine.

use crate::cli::args::ShowArguments;
use crate::cli::batch::held_machines::called;
use crate::cli::paths::shown;
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::in_line;
use crate::journal::Machine;
use crate::report::{NamedMachines, Shown};

/// Shows a machine in every batch that has it, fact by fact.
pub(crate) fn show(context: &Context, given: &ShowArguments) -> Result<Exit, Failure> {
    let journal = context.read_journal()?;
    let shown = journal.at_one_instant(|journal| {
        let named = NamedMachines::read(journal, &given.machine)?;
        if named.is_ambiguous {
            return Err(ambiguous(&given.machine, &named.machines));
        }
        if named.machines.is_empty() {
            let name = in_line(&given.machine);
            let place = shown(&context.journal_path()?);
            return Err(Failure::new(Exit::Error, format!("no batch of {place} has `{name}`"))
                .hint("a machine is named by its 40-digit ID or by its device name"));
        }
        Ok(Shown::read(journal, named.machines)?)
    })?;
    context.screen.result(&if context.screen.is_json() {
        shown.to_json()
    } else {
        shown.to_prose(&context.zone, &context.commands)
    });
    Ok(Exit::Done)
}

/// A short name is that of several machines: each is listed, and none is shown.
fn ambiguous(name: &str, machines: &[Machine]) -> Failure {
    let mut causes: Vec<String> = machines.iter().map(called).collect();
    causes.dedup();
    let said = format!("`{}` is the short name of several machines", in_line(name));
    Failure::new(Exit::Usage, said).causes(causes).hint("give the whole name, or the ID")
}
