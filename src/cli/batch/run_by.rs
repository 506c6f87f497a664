//! Who works on a batch, where and with what: a fact before anything else that a process does.

use crate::cli::{Context, environment};
use crate::domain::{BatchFact, BatchId};
use crate::engine::RunOptions;
use crate::journal::{Changes, Journal, JournalError};

/// The app that is signed in, and the options that hold.
pub(crate) type Online<'a> = (&'a str, &'a RunOptions);

/// The fact; `online` where Defender is asked.
pub(crate) fn run_by(command: &str, online: Option<Online<'_>>) -> BatchFact {
    BatchFact::RunBy {
        command: command.to_owned(),
        user: environment::user(),
        host: environment::host(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        app: online.map(|(app, _)| app.to_owned()),
        options: online.map(|(_, options)| options.to_json()),
    }
}

/// Writes it.
pub(crate) fn note_run_by(
    context: &Context,
    journal: &mut Journal,
    id: BatchId,
    command: &str,
    online: Option<Online<'_>>,
) -> Result<(), JournalError> {
    let batch_facts = vec![(id, context.clock.now().wall, run_by(command, online))];
    journal.commit(&Changes { batch_facts, ..Changes::default() })
}
