//! `completions`: a script with which a shell completes what is typed.

use clap_complete::{Shell, generate};

use crate::cli::args::{CompletionsArguments, definition};
use crate::cli::{Context, Exit, Failure};

const PROGRAM: &str = "mde-offboard";

/// In the script for bash, a program whose name has a hyphen gets two names, so that nothing behind
/// a command is completed (clap-rs/clap#6421). Until that is fixed there, all of them become one.
const MISNAMED: &str = "mde__subcmd__offboard";
const NAMED: &str = "mde__offboard";

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
    let script = String::from_utf8_lossy(&script);
    context.screen.result(&match given.shell {
        Shell::Bash => script.replace(MISNAMED, NAMED),
        _ => script.into_owned(),
    });
    Ok(Exit::Done)
}
