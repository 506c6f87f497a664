//! From the files to the journal's temporary table: nothing is queued yet.

use crate::domain::Comment;
use crate::journal::{Journal, NewMachine, Staged};
use crate::reporter::thousands;
use crate::simulator::SimulatedMachine;

use super::args::RunArguments;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::input::{Empty, Lists};
use super::nothing;
use super::wording::machines;

/// What the files came to.
pub(crate) struct Stock {
    /// The files, as they were named.
    pub(crate) sources: Vec<String>,
    /// Bad rows that were left out.
    pub(crate) left_out: u64,
    /// The comment of machines that have none of their own.
    pub(crate) comment: Option<Comment>,
    /// What the journal counted.
    pub(crate) staged: Staged,
    /// In a rehearsal: the machines as the simulator has them.
    pub(crate) rehearsed: Vec<SimulatedMachine>,
}

/// Reads the files into the journal's temporary table; none where there is nothing to do.
pub(crate) fn stage(
    context: &Context,
    journal: &mut Journal,
    given: &RunArguments,
    comment: Option<Comment>,
) -> Result<Option<Stock>, Failure> {
    let input = &given.input;
    let empty = if input.allow_empty { Empty::Allowed } else { Empty::Refused };
    let mut rehearsed = Vec::new();
    let lists = Lists::read(&input.files, &input.columns, empty, |source, row| {
        rehearsed.extend(given.rehearsal.machine(row.id, row.name.as_deref()));
        let (id, name, comment, line) = (row.id, row.name, row.comment, row.line);
        journal.stage(&NewMachine { id, name, comment, source, line })?;
        Ok(())
    })?;
    if !input.skip_invalid {
        lists.refuse_rejects()?;
    }
    let staged = journal.staged(comment.as_ref())?;
    tell(context, &lists, &staged);
    if staged.machines == 0 {
        if empty == Empty::Allowed {
            nothing::tell(context, "no machines, nothing to do");
            return Ok(None);
        }
        return Err(Failure::new(Exit::Input, "no machines: every row was left out"));
    }
    if staged.without_comment > 0 {
        let lacking = machines(staged.without_comment);
        let said = format!("{lacking} without a comment, and Defender demands one");
        return Err(Failure::new(Exit::Input, format!("{said}; nothing was queued"))
            .hint("give one for all: --comment \"CHG0041233 retired\""));
    }
    let (sources, left_out) = (lists.sources, lists.rejected);
    Ok(Some(Stock { sources, left_out, comment, staged, rehearsed }))
}

fn tell(context: &Context, lists: &Lists, staged: &Staged) {
    let mut said = lists.notes.clone();
    if lists.rejected > 0 {
        said.push(format!("  {} bad rows left out", thousands(lists.rejected)));
    }
    if staged.duplicates > 0 {
        let (gone, left) = (thousands(staged.duplicates), machines(staged.machines));
        said.push(format!("  {gone} duplicates dropped: {left}"));
    }
    context.screen.note(&said.join("\n"));
}
