//! `batches`: what the journal has.

use crate::cli::journal_path::nothing_in;
use crate::cli::{Context, Exit, Failure};
use crate::report::batch_list;

/// Lists the batches, oldest first. A journal that does not exist yet has none.
pub(crate) fn batches(context: &Context) -> Result<Exit, Failure> {
    let path = context.journal_path()?;
    let list = context.look_into()?.map(|journal| batch_list(&journal)).transpose()?;
    context.screen.result(&match (list, context.screen.is_json()) {
        (Some(list), true) => list.to_json(),
        (Some(list), false) => list.to_prose(&context.zone),
        (None, true) => "[]".to_owned(),
        (None, false) => format!("There are no batches: {}.", nothing_in(&path)),
    });
    Ok(Exit::Done)
}
