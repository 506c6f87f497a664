//! `status`: how far a batch is, or each of several journals.

use std::path::PathBuf;

use crate::cli::args::StatusArguments;
use crate::cli::batch::choose;
use crate::cli::options::remembered;
use crate::cli::overview::OverviewReader;
use crate::cli::several::Journals;
use crate::cli::watching::watch;
use crate::cli::{Context, Exit, Failure};
use crate::domain::Advice;
use crate::report;

/// Shows counts, windows, why it waits, the forecast, errors with what to do, the next command.
pub(crate) fn status(context: &Context, given: &StatusArguments) -> Result<Exit, Failure> {
    if let Journals::Several(paths) = context.journals()? {
        return overview(context, given, paths);
    }
    if given.watch {
        return watch(context, given.batch);
    }
    let journal = context.read_journal()?;
    let batch = choose::shown(&journal, given.batch)?;
    let options = remembered(&batch)?;
    let now = context.clock.now();
    let status = report::status(&journal, batch.id, &options.budget(), now)?;
    context.screen.result(&if context.screen.is_json() {
        status.to_json(&context.commands)
    } else {
        status.to_prose(&context.zone, &context.commands)
    });
    Ok(Exit::Done)
}

/// A row a journal. Where some cannot be read, it is not whole, and the exit code says so.
fn overview(
    context: &Context,
    given: &StatusArguments,
    paths: Vec<PathBuf>,
) -> Result<Exit, Failure> {
    if given.batch.is_some() {
        let hint = "name the journal as well: --journal FILE; without a batch, each journal has a \
                    row";
        let said = "a batch is one of one journal, and several are named";
        return Err(Failure::new(Exit::Usage, said).hint(hint));
    }
    if given.watch {
        let hint =
            Advice::from("watch one: --journal FILE; or leave all of them open in a browser: ")
                .then_command("serve");
        let said = "--watch shows one journal, and several are named";
        return Err(Failure::new(Exit::Usage, said).hint(hint));
    }
    let overview = OverviewReader::new(context).read(&paths, context.clock.now());
    context.screen.result(&if context.screen.is_json() {
        overview.to_json(&context.zone)
    } else {
        overview.to_prose(&context.zone)
    });
    Ok(if overview.totals().unreadable > 0 { Exit::Journal } else { Exit::Done })
}
