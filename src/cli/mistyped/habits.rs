//! What people type from habit, because other programs have it, and what it is here.

/// Commands and options of other programs, and a sentence with the command that does it here.
const HABITS: [(&[&str], &str); 19] = [
    (&["list", "ls"], "`batches` lists the batches of the journal"),
    (&["offboard", "start", "send", "submit"], "`run FILE` offboards the machines of a list"),
    (
        &["--dry-run", "--dryrun", "--whatif", "--what-if", "-n", "dry-run", "preview"],
        "`plan FILE` shows what a run would do, and sends nothing",
    ),
    (
        &["log", "logs", "history"],
        "`show MACHINE` has the story of one machine, `status` that of a batch; --log-file FILE \
         writes a log",
    ),
    (&["web", "dashboard", "ui", "browser"], "`serve` shows batches in a browser"),
    (&["watch", "progress"], "`status --watch` shows how far a batch is, from any terminal"),
    (&["pause", "kill", "halt"], "`stop` ends a run; `resume` continues it"),
    (&["continue", "restart"], "`resume` continues a batch"),
    (&["undo", "revert", "rollback", "abort"], "`cancel` undoes what can be undone"),
    (&["login", "auth", "test", "doctor"], "`check` tries the sign-in and everything else"),
    (&["init", "setup", "configure"], "`config init` writes a file of settings to fill in"),
    (&["export", "results"], "`report --output report.csv` writes the outcome of each machine"),
    (&["version"], "`--version` shows the version"),
    (&["-y", "--assume-yes", "--no-confirm", "--confirm"], "write --yes"),
    (&["-w"], "write --watch: `status --watch` shows how far a batch is"),
    (&["-j"], "write --json"),
    (&["-o"], "write --output FILE"),
    (
        &["-f", "--file", "--input", "-i"],
        "give the file without an option: run FILE --comment TEXT",
    ),
    (
        &["--client-secret", "--secret", "--password", "--token"],
        "a secret is never an option: set AZURE_CLIENT_SECRET, or name a secret_file in the \
         settings",
    ),
];

/// What to type instead; none where nobody has this habit.
pub(super) fn sentence(typed: &str) -> Option<&'static str> {
    let typed = typed.to_ascii_lowercase();
    let found = HABITS.iter().find(|(words, _)| words.contains(&typed.as_str()));
    found.map(|(_, sentence)| *sentence)
}
