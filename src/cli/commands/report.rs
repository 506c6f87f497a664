//! `report`: every machine's outcome.

use crate::cli::args::{BatchWord, ReportArguments};
use crate::cli::batch::outcomes::{self, ReportForm, WantedOutcomes};
use crate::cli::batch::{choose, selection};
use crate::cli::options::remembered;
use crate::cli::{Context, Exit, Failure};
use crate::journal::{Batch, Filter, Journal};
use crate::report::{BatchView, ReportNotes, Verified, ViewedBatch, write_html};

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
        match form {
            ReportForm::List(form) => {
                WantedOutcomes { batches: &batches, filter: &filter, form, output }.deliver(
                    context,
                    journal,
                    |_| Ok(Verified::default()),
                )
            }
            ReportForm::Html => page(context, given, journal, (&batches, &filter)),
        }
    })?;
    Ok(Exit::Done)
}

fn page(
    context: &Context,
    given: &ReportArguments,
    journal: &Journal,
    (batches, filter): (&[Batch], &Filter),
) -> Result<(), Failure> {
    let now = context.clock.now();
    let view = |batch: &Batch| {
        let options = remembered(batch)?;
        let (budget, options) = (options.budget(), options.words());
        let viewed = ViewedBatch { batch: batch.id, budget, options };
        BatchView::read(journal, &viewed, now, None).map_err(Failure::from)
    };
    let views: Vec<BatchView> = batches.iter().map(view).collect::<Result<_, _>>()?;
    let selection = selection::words(&given.selection);
    let notes = ReportNotes {
        made_at: now.wall,
        selection: Some(selection.trim()).filter(|words| !words.is_empty()),
        zone: &context.zone,
        commands: &context.commands,
    };
    outcomes::deliver(context, given.output.as_deref(), |out| {
        write_html(journal, &views, filter, &notes, out).map(outcomes::on_one_sheet)
    })
}
