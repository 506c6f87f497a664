//! `batches`: what the journal has.

use std::path::PathBuf;

use crate::cli::journal_path::nothing_in;
use crate::cli::paths::shown;
use crate::cli::several::{Journals, NOT_ALL, unreadable};
use crate::cli::{Context, Exit, Failure};
use crate::journal::Journal;
use crate::report::{BatchList, batch_list};

/// Lists the batches, oldest first. A journal that does not exist yet has none.
pub(crate) fn batches(context: &Context) -> Result<Exit, Failure> {
    let path = match context.journals()? {
        Journals::One(path) => path,
        Journals::Several(paths) => return Ok(of_several(context, paths)),
    };
    let list = context.look_at(&path)?.map(|journal| batch_list(&journal)).transpose()?;
    context.screen.result(&match (list, context.screen.is_json()) {
        (Some(list), true) => list.to_json(),
        (Some(list), false) => list.to_prose(&context.zone),
        (None, true) => "[]".to_owned(),
        (None, false) => format!("There are no batches: {}.", nothing_in(&path)),
    });
    Ok(Exit::Done)
}

/// Those of each journal that can be read; then which ones could not.
fn of_several(context: &Context, paths: Vec<PathBuf>) -> Exit {
    let (of, mut failed, mut list) = (paths.len(), Vec::new(), BatchList::default());
    for path in paths {
        let added = Journal::open_reader(&path).map_err(Failure::from).and_then(|journal| {
            context.tell_loss(&journal);
            Ok(list.add(&shown(&path), &journal)?)
        });
        failed.extend(added.err().map(|failure| (path, failure)));
    }
    context.screen.result(&if context.screen.is_json() {
        list.to_json()
    } else {
        list.to_prose(&context.zone)
    });
    let Some(failure) = unreadable(&failed, of, NOT_ALL) else { return Exit::Done };
    context.screen.warn(&failure);
    failure.exit
}
