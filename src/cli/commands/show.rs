//! `show`: everything that is known of a machine.

use crate::cli::args::ShowArguments;
use crate::cli::paths::shown;
use crate::cli::{Context, Exit, Failure};
use crate::domain::text::in_line;
use crate::report::{Shown, machines_named};

/// Shows a machine in every batch that has it, fact by fact.
pub(crate) fn show(context: &Context, given: &ShowArguments) -> Result<Exit, Failure> {
    let journal = context.read_journal()?;
    let machines = machines_named(&journal, &given.machine)?;
    if machines.is_empty() {
        let name = in_line(&given.machine);
        let place = shown(&context.journal_path()?);
        return Err(Failure::new(Exit::Error, format!("no batch of {place} has `{name}`"))
            .hint("a machine is named by its 40-digit ID or by its whole device name"));
    }
    let shown = Shown::read(&journal, machines)?;
    context.screen.result(&if context.screen.is_json() {
        shown.to_json()
    } else {
        shown.to_prose(&context.zone, &context.commands)
    });
    Ok(Exit::Done)
}
