//! `report`: every machine's outcome.

use std::path::PathBuf;

use crate::cli::args::{BatchWord, ReportArguments};
use crate::cli::batch::{choose, outcomes, selection};
use crate::cli::paths::shown;
use crate::cli::several::{Journals, unreadable};
use crate::cli::{Context, Exit, Failure};
use crate::journal::{Batch, Filter, Journal, JournalError};
use crate::report::{Format, SeveralOutcomes, write_outcomes};

/// Writes the outcomes to a file or to standard output.
pub(crate) fn report(context: &Context, given: &ReportArguments) -> Result<Exit, Failure> {
    let output = given.output.as_deref();
    let format = outcomes::format(given.format, output, context.screen.is_json())?;
    if let Journals::Several(paths) = context.journals()? {
        return of_several(context, given, (format, paths));
    }
    let journal = context.read_journal()?;
    journal.at_one_instant(|journal| {
        let batches = match given.batch {
            Some(BatchWord::All) => journal.batches()?,
            word => vec![choose::shown(journal, word)?],
        };
        let only = match batches.as_slice() {
            [one] => Some(one.id),
            _ => None,
        };
        let filter = selection::filter(context.screen, &given.selection, (journal, only))?;
        outcomes::deliver(context, output, |out| {
            write_outcomes(journal, &batches, &filter, format, out)
        })
    })?;
    Ok(Exit::Done)
}

/// All machines of several journals, or none: a report with a tenant missing would pass for a whole
/// one.
fn of_several(
    context: &Context,
    given: &ReportArguments,
    (format, paths): (Format, Vec<PathBuf>),
) -> Result<Exit, Failure> {
    if let Some(BatchWord::Number(_)) = given.batch {
        let said = "a batch is one of one journal, and several are named";
        let hint = "name the journal as well: --journal FILE; of several take `latest` or `all`";
        return Err(Failure::new(Exit::Usage, said).hint(hint));
    }
    if given.selection.machines.is_some() {
        let said = "--machines is about one journal, and several are named";
        let hint = "name one with --journal FILE; of several, --only and --code choose machines";
        return Err(Failure::new(Exit::Usage, said).hint(hint));
    }
    let of = |journal: &Journal| latest_or_all(journal, given.batch);
    let mut failed = Vec::new();
    for path in &paths {
        let readable = Journal::open_reader(path).and_then(|journal| {
            context.tell_loss(&journal);
            of(&journal)
        });
        failed.extend(readable.err().map(|error| (path.clone(), Failure::from(error))));
    }
    if let Some(Failure { message, causes, exit, .. }) = unreadable(&failed, paths.len()) {
        let message = message.replace("what is shown is not all", "nothing was written");
        let hint = "make it readable, or name the other journals one by one";
        return Err(Failure { causes, ..Failure::new(exit, message) }.hint(hint));
    }
    let (states, code) = (given.selection.states(), given.selection.code.clone());
    let filter = Filter { states, machines: None, code };
    outcomes::deliver(context, given.output.as_deref(), |out| {
        let mut sheet = SeveralOutcomes::begin(format, out)?;
        for path in &paths {
            let journal = Journal::open_reader(path)?;
            journal.at_one_instant(|journal| {
                sheet.add((&shown(path), journal), of(journal)?, &filter)
            })?;
        }
        sheet.end()
    })?;
    Ok(Exit::Done)
}

/// The batches of a journal that are meant; none where it has none.
fn latest_or_all(journal: &Journal, word: Option<BatchWord>) -> Result<Vec<Batch>, JournalError> {
    let all = journal.batches()?;
    Ok(match word {
        Some(BatchWord::All) => all,
        _ => all.into_iter().next_back().into_iter().collect(),
    })
}
