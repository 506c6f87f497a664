//! `journal copy`: the one way to copy a journal, and to go on elsewhere.

use std::path::Path;

use crate::cli::args::{CopyArguments, JournalArguments, JournalCommand};
use crate::cli::connect;
use crate::cli::environment;
use crate::cli::output::{self, OutputKind};
use crate::cli::paths::shown;
use crate::cli::{Context, Exit, Failure};
use crate::domain::quoted;
use crate::journal::{self, Copier, JournalError};

pub(crate) fn journal(context: &Context, given: &JournalArguments) -> Result<Exit, Failure> {
    context.tell_simulation();
    let JournalCommand::Copy(given) = &given.command;
    if output::is_stream(&given.file) {
        return Err(Failure::new(Exit::Usage, "a journal is copied to a file, not to a stream")
            .hint("name a file that does not exist yet"));
    }
    context.outputs.checked(OutputKind::Copy, &given.file)?;
    let by = Copier {
        user: environment::user(),
        host: environment::host(),
        at: context.clock.now().wall,
    };
    if given.hand_over { hand_over(context, given, &by) } else { copy(context, given, &by) }
}

fn copy(context: &Context, given: &CopyArguments, by: &Copier) -> Result<Exit, Failure> {
    let journal = context.read_journal()?;
    journal.copy_to_file(&given.file, by)?;
    let said = format!(
        "the journal is copied to {}; what happens from now on is not in it\n",
        shown(&given.file)
    );
    context.screen.note(&said);
    Ok(Exit::Done)
}

/// What was begun and not finished is finished, where this is run again.
fn hand_over(context: &Context, given: &CopyArguments, by: &Copier) -> Result<Exit, Failure> {
    let path = context.journal_path()?;
    drop(context.read_journal()?);
    match connect::try_open_as_runner(context, &path, "journal copy") {
        Ok(mut journal) => journal.hand_over(&given.file, by)?,
        Err(error @ JournalError::HandedOver { .. }) => {
            if !journal::finish_hand_over(&path, &given.file)? {
                return Err(error.into());
            }
        }
        Err(error) => return Err(error.into()),
    }
    context.screen.note(&told(context, &path, &given.file));
    Ok(Exit::Done)
}

fn told(context: &Context, from: &Path, to: &Path) -> String {
    let copy = quoted(&to.display().to_string());
    let resume = context.commands.of(&format!("resume --journal {copy}"));
    let from = shown(from);
    format!("{from} sends nothing any more. Continue with the copy:\n  {resume}\n")
}
