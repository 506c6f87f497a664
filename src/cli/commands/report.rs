//! `report`: every machine's outcome.

use crate::cli::args::{BatchWord, ReportArguments};
use crate::cli::batch::outcomes::{self, WantedOutcomes};
use crate::cli::batch::{choose, selection};
use crate::cli::{Context, Exit, Failure};
use crate::report::Verified;

/// Writes the outcomes to a file or to standard output.
pub(crate) fn report(context: &Context, given: &ReportArguments) -> Result<Exit, Failure> {
    let output = given.output.as_deref();
    let form = outcomes::form(given.format, output, context.screen.is_json())?;
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
        let wanted = WantedOutcomes { batches: &batches, filter: &filter, form, output };
        wanted.deliver(context, journal, |_| Ok(Verified::default()))
    })?;
    Ok(Exit::Done)
}
