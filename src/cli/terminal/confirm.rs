//! The last question before something that cannot be undone.

use std::io::BufRead;

use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::screen::Screen;
use crate::cli::{Exit, Failure};

/// Waits until a person has typed `words`; a typing error is asked again. Ctrl-C is the signal
/// listener's: it ends the process with the same words as an end of the input does here.
///
/// A plain line is read, not keys one by one: so the terminal is left as it was, however the
/// process ends.
pub(crate) fn confirm(
    screen: Screen,
    consent: Consent,
    words: &str,
    otherwise: &str,
) -> Result<(), Failure> {
    if consent == Consent::Given {
        return Ok(());
    }
    if !screen.can_ask() {
        return Err(Failure::new(Exit::Guard, format!("not confirmed; {otherwise}"))
            .hint("there is no terminal to ask on: add --yes if this is meant"));
    }
    screen.ask(&format!("\nType  {words}  to continue: "));
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let Some(Ok(line)) = lines.next() else {
            screen.ask("\n");
            return Err(Failure::new(Exit::Guard, otherwise).needs_no_hint());
        };
        if same_words(&line, words) {
            return Ok(());
        }
        screen.ask(&format!("that was not \"{words}\"; again, or Ctrl-C: "));
    }
}

/// Spaces do not matter, everything else does.
fn same_words(typed: &str, wanted: &str) -> bool {
    typed.split_whitespace().eq(wanted.split_whitespace())
}
