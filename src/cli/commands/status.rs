//! `status`: how far a batch is.

use crate::cli::args::StatusArguments;
use crate::cli::batch::choose;
use crate::cli::options::remembered;
use crate::cli::watching::watch;
use crate::cli::{Context, Exit, Failure};
use crate::report;

/// Shows counts, windows, why it waits, the forecast, errors with what to do, the next command.
pub(crate) fn status(context: &Context, given: &StatusArguments) -> Result<Exit, Failure> {
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
