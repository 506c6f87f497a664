//! `completions`: a script with which a shell completes what is typed.

use clap_complete::generate;

use crate::cli::args::{CompletionsArguments, definition};
use crate::cli::{Context, Exit, Failure};

const PROGRAM: &str = "mde-offboard";

pub(crate) fn completions(
    context: &Context,
    given: &CompletionsArguments,
) -> Result<Exit, Failure> {
    if context.screen.is_json() {
        let said = "`completions` prints a script, which has no form as JSON";
        return Err(Failure::new(Exit::Usage, said).hint("leave out --json"));
    }
    let mut script = Vec::new();
    generate(given.shell, &mut definition(), PROGRAM, &mut script);
    context.screen.result(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
