//! What people type from habit, because other programs have it, and what it is here.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::domain::Advice;

use super::exit::Exit;
use super::failure::Failure;

/// A command or an option of other programs, and the command that does it here, with words after.
const HABITS: [(&[&str], &str, &str); 15] = [
    (&["list", "ls"], "batches", " lists the batches of the journal"),
    (&["offboard", "start", "send", "submit"], "run FILE", " offboards the machines of a list"),
    (
        &["--dry-run", "--dryrun", "--whatif", "--what-if", "-n", "dry-run", "preview"],
        "plan FILE",
        " shows what `run` would do, and sends nothing",
    ),
    (
        &["log", "logs", "history"],
        "show MACHINE",
        " has the story of one machine, `status` that of a batch; --log-file FILE writes a log",
    ),
    (&["web", "dashboard", "ui", "browser"], "serve", " shows batches in a browser"),
    (&["watch", "progress"], "status", " shows how far a batch is, also from another terminal"),
    (&["pause", "kill", "halt"], "stop", " ends a run; `resume` continues it"),
    (&["continue", "restart"], "resume", " continues a batch"),
    (&["undo", "revert", "rollback", "abort"], "cancel", " undoes what can be undone"),
    (&["login", "auth", "test", "doctor"], "check", " tries the sign-in and everything else"),
    (&["init", "setup", "configure"], "config init", " writes a file of settings to fill in"),
    (&["export", "results"], "report --output report.csv", " writes the outcome of each machine"),
    (&["-y", "--assume-yes", "--no-confirm", "--confirm"], "", "write --yes"),
    (
        &["-f", "--file", "--input", "-i"],
        "",
        "give the file without an option: run FILE --comment TEXT",
    ),
    (
        &["--client-secret", "--secret", "--password", "--token"],
        "",
        "a secret is never an option: set AZURE_CLIENT_SECRET, or name a secret_file in the \
         settings",
    ),
];

/// What to type instead; none where nobody has this habit.
pub(super) fn failure(error: &clap::Error) -> Option<Failure> {
    let (kind, what) = match error.kind() {
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, "command"),
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, "option"),
        _ => return None,
    };
    let Some(ContextValue::String(typed)) = error.get(kind) else { return None };
    // What follows an equals sign may be a secret.
    let typed = typed.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let (_, command, words) =
        HABITS.iter().find(|(typed_words, ..)| typed_words.contains(&typed.as_str()))?;
    let hint = if command.is_empty() {
        Advice::from(*words)
    } else {
        Advice::command(*command).then(*words)
    };
    Some(Failure::new(Exit::Usage, format!("there is no {what} `{typed}`")).hint(hint))
}
