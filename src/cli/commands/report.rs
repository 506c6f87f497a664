//! `report`: every machine's outcome.

use std::io::Seek as _;
use std::path::PathBuf;

use tempfile::spooled_tempfile;

use crate::cli::args::{BatchWord, ReportArguments};
use crate::cli::batch::outcomes::{self, ListForm, ReportForm, WantedOutcomes};
use crate::cli::batch::{choose, selection};
use crate::cli::options::remembered;
use crate::cli::overview::{OverviewReader, state_of};
use crate::cli::paths::shown;
use crate::cli::several::{Journals, unreadable};
use crate::cli::{Context, Exit, Failure};
use crate::domain::Now;
use crate::journal::{Batch, Filter, Journal, JournalError};
use crate::report::{
    BatchView, Overview, ReportError, ReportNotes, SeveralOutcomes, Verified, ViewedBatch,
    write_chapters, write_html, write_html_of_several,
};

/// Chapters of several journals that are kept in memory, in bytes: those of some 20,000 machines.
const KEPT_IN_MEMORY: usize = 8 << 20;

/// Writes the outcomes to a file or to standard output.
pub(crate) fn report(context: &Context, given: &ReportArguments) -> Result<Exit, Failure> {
    let output = given.output.as_deref();
    let form = outcomes::form(given.format, output, context.screen.is_json())?;
    if let Journals::Several(paths) = context.journals()? {
        return of_several(context, given, (form, paths));
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
    let views = views(journal, batches, now)?;
    let selection = selection::words(&given.selection);
    let notes = notes(context, now, &selection);
    outcomes::deliver(context, given.output.as_deref(), |out| {
        write_html(journal, &views, filter, &notes, out).map(outcomes::on_one_sheet)
    })
}

fn views(journal: &Journal, batches: &[Batch], now: Now) -> Result<Vec<BatchView>, Failure> {
    let view = |batch: &Batch| {
        let options = remembered(batch)?;
        let (budget, options) = (options.budget(), options.words());
        let viewed = ViewedBatch { batch: batch.id, budget, options };
        BatchView::read(journal, &viewed, now, None).map_err(Failure::from)
    };
    batches.iter().map(view).collect()
}

fn notes<'a>(context: &'a Context, now: Now, selection: &'a str) -> ReportNotes<'a> {
    ReportNotes {
        made_at: now.wall,
        selection: Some(selection.trim()).filter(|words| !words.is_empty()),
        zone: &context.zone,
        commands: &context.commands,
    }
}

/// All machines of several journals, or none: a report with a tenant missing would pass for a whole
/// one.
fn of_several(
    context: &Context,
    given: &ReportArguments,
    (form, paths): (ReportForm, Vec<PathBuf>),
) -> Result<Exit, Failure> {
    if form == ReportForm::List(ListForm::Workbook) {
        let said = "a workbook is about one journal, and several are named";
        let hint = "name one with --journal FILE; of several take --format html, csv, json or \
                    ndjson";
        return Err(Failure::new(Exit::Usage, said).hint(hint));
    }
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
    if let Some(failure) = unreadable(&failed, paths.len(), "nothing was written") {
        return Err(failure.hint("make it readable, or name the other journals one by one"));
    }
    let (states, code) = (given.selection.states(), given.selection.code.clone());
    let filter = Filter { states, machines: None, code };
    match form {
        ReportForm::List(ListForm::Text(format)) => {
            outcomes::deliver(context, given.output.as_deref(), |out| {
                let mut sheet = SeveralOutcomes::begin(format, out)?;
                for path in &paths {
                    let journal = Journal::open_reader(path)?;
                    journal.at_one_instant(|journal| {
                        sheet.add((&shown(path), journal), of(journal)?, &filter)
                    })?;
                }
                sheet.end().map(outcomes::on_one_sheet)
            })?;
        }
        _ => page_of_several(context, given, &paths, &filter)?,
    }
    Ok(Exit::Done)
}

/// Reads all journals, one after the other, and writes the page once all could be read.
fn page_of_several(
    context: &Context,
    given: &ReportArguments,
    paths: &[PathBuf],
    filter: &Filter,
) -> Result<(), Failure> {
    let now = context.clock.now();
    let selection = selection::words(&given.selection);
    let notes = notes(context, now, &selection);
    let reader = OverviewReader::new(context);
    let mut chapters = spooled_tempfile(KEPT_IN_MEMORY);
    let mut machines = 0;
    let mut rows = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let journal = Journal::open_reader(path)?;
        rows.push(journal.at_one_instant(|journal| {
            let row = reader.row((number, path), Ok(state_of(journal, now)?));
            let views = views(journal, &latest_or_all(journal, given.batch)?, now)?;
            let of = (&row, views.as_slice());
            let written = write_chapters(of, (journal, filter), &notes, &mut chapters);
            machines += written.map_err(kept_elsewhere)?;
            Ok::<_, Failure>(row)
        })?);
    }
    let overview = Overview::new(now.wall, rows);
    outcomes::deliver(context, given.output.as_deref(), |out| {
        chapters.rewind().map_err(ReportError::TemporaryFile)?;
        write_html_of_several(&overview, &notes, &mut chapters, out)?;
        Ok(outcomes::on_one_sheet(machines))
    })
}

/// The chapters go to a temporary file before there is a report.
fn kept_elsewhere(error: ReportError) -> ReportError {
    match error {
        ReportError::Write(error) => ReportError::TemporaryFile(error),
        other => other,
    }
}

/// The batches of a journal that are meant; none where it has none.
fn latest_or_all(journal: &Journal, word: Option<BatchWord>) -> Result<Vec<Batch>, JournalError> {
    let all = journal.batches()?;
    Ok(match word {
        Some(BatchWord::All) => all,
        _ => all.into_iter().next_back().into_iter().collect(),
    })
}
