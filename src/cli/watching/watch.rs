//! The watch itself: look, show, pause.

use std::io;
use std::time::Duration;

use crate::cli::args::BatchWord;
use crate::cli::{Context, Exit, Failure};

use super::interrupt::Interrupt;
use super::journal_look::JournalLook;
use super::reader;
use super::view::View;

/// From one look to the next.
const EVERY: Duration = Duration::from_secs(1);

/// Looks that may fail one after the other: the journal's files change while a runner begins or
/// ends, and may be looked at in between.
const FAILED_LOOKS_MAX: u32 = 10;

/// Shows a batch until all of it is sent and nobody runs it, or until Ctrl-C. Waits for a batch
/// where there is none. Either way it ends with 0, as `status` does.
pub(crate) fn watch(context: &Context, named: Option<BatchWord>) -> Result<Exit, Failure> {
    let interrupt = Interrupt::listen()?;
    let mut view = View::of(context);
    let (mut last, mut failed) = (None, 0);
    loop {
        match JournalLook::at(context, named, last) {
            Ok(look) => {
                failed = 0;
                last = look.batch().or(last);
                if let Err(error) = view.show(context, &look) {
                    return reader_is_gone(&view, &error);
                }
                if look.is_last() {
                    return Ok(Exit::Done);
                }
            }
            Err(failure) if failed == FAILED_LOOKS_MAX || failure.exit != Exit::Journal => {
                return Err(failure);
            }
            Err(failure) if last.is_none() => return Err(failure),
            Err(_) => failed += 1,
        }
        if interrupt.comes_within(EVERY) || reader::is_gone() {
            return Ok(Exit::Done);
        }
    }
}

/// A closed terminal and a pipe that nobody reads any more (`| head`) end it quietly.
fn reader_is_gone(view: &View, error: &io::Error) -> Result<Exit, Failure> {
    if matches!(view, View::Picture(_)) || error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(Exit::Done);
    }
    let said = "the status could not be written to standard output";
    let hint = "check the disk, or the program that reads the output";
    Err(Failure::new(Exit::Error, said).caused_by(error).hint(hint))
}
