//! Options of this program where a person typed them at a command that has none of them, and what
//! that person probably wants.
//!
//! Deliberately absent: options about which there is no more to say than which command has them.

/// Commands that work through a batch and show how far they are.
const WORKING: &[&str] = &["run", "resume", "retry", "track", "cancel"];

/// Commands that open the journal and ask nobody else.
const JOURNAL_ONLY: &[&str] = &[
    "stop",
    "status",
    "show",
    "report",
    "batches",
    "audit verify",
    "audit export",
    "journal copy",
];

/// Commands that do not even open the journal.
const ALONE: &[&str] = &["forecast", "config show", "config init", "simulator"];

/// Commands that ask for no confirmation.
const ASKING_NOTHING: &[&str] = &[
    "plan",
    "stop",
    "track",
    "verify",
    "status",
    "show",
    "report",
    "batches",
    "check",
    "audit verify",
    "audit export",
    "journal copy",
    "forecast",
    "config show",
    "config init",
    "simulator",
];

/// What a batch remembers.
const REMEMBERED: &[&str] = &[
    "limit",
    "pace",
    "quota-share",
    "between",
    "not-before",
    "until",
    "shared-reads",
    "concurrency",
    "max-attempts",
    "settle",
    "on-uncertain",
    "poll-interval",
    "track-timeout",
    "offline-timeout",
    "canary",
    "canary-wait",
    "max-failures",
];

const CONNECTION: &[&str] = &[
    "auth",
    "tenant-id",
    "client-id",
    "cloud",
    "region",
    "api-url",
    "authority-url",
    "timeout",
    "ca-file",
    "proxy",
];

const REHEARSING: &[&str] = &["dry-run", "dryrun", "whatif", "what-if"];

/// Options without their hyphens, at which commands (none: at every one), and the sentence, in
/// which `COMMAND` is the command that was typed.
struct Misplaced {
    options: &'static [&'static str],
    at: &'static [&'static str],
    sentence: &'static str,
}

const fn misplaced(
    options: &'static [&'static str],
    at: &'static [&'static str],
    sentence: &'static str,
) -> Misplaced {
    Misplaced { options, at, sentence }
}

/// The first one that fits counts.
const MISPLACED: [Misplaced; 28] = [
    misplaced(
        &["watch"],
        WORKING,
        "it shows its progress by itself; `status --watch` shows it in a second terminal",
    ),
    misplaced(&["watch"], &[], "`status --watch` shows how far a batch is, until all is sent"),
    misplaced(
        &["format"],
        &[],
        "--json prints one JSON document; `report --format csv` writes the outcome of each machine",
    ),
    misplaced(
        &["output"],
        &["run"],
        "`plan FILE --output plan.json` saves the plan; `report --output report.csv` writes the \
         outcome of each machine",
    ),
    misplaced(
        &["output"],
        &[],
        "the result goes to standard output, so that > writes it to a file; `report --output \
         report.csv` writes the outcome of each machine",
    ),
    misplaced(
        REMEMBERED,
        &["retry", "cancel", "verify"],
        "it keeps to what the batch was started with; `resume` can change that",
    ),
    misplaced(
        REMEMBERED,
        &["track"],
        "it sends no offboarding request; `resume` sends, and can change what the batch was \
         started with",
    ),
    misplaced(
        &["comment", "comment-column", "no-comment-column"],
        &["resume", "retry", "cancel", "track"],
        "a batch keeps the comments that it was made with; `run FILE --comment TEXT` makes a new \
         one",
    ),
    misplaced(&["yes"], ASKING_NOTHING, "it asks for no confirmation: leave --yes out"),
    misplaced(
        &["batch"],
        &["resume", "stop", "cancel", "retry", "track", "verify", "status", "report"],
        "give the batch without an option: `COMMAND 3`",
    ),
    misplaced(&["batch"], &["show"], "it looks in all batches: leave --batch out"),
    misplaced(&["simulate"], ALONE, "it touches no tenant and no batch: leave --simulate out"),
    misplaced(
        &["only", "machines", "code"],
        &["plan", "run"],
        "--where COLUMN=VALUE chooses rows of the list",
    ),
    misplaced(
        &["only", "machines", "code"],
        &["resume", "track", "stop", "status"],
        "it is about the whole batch; `report --only STATE` lists some of its machines",
    ),
    misplaced(
        &["where"],
        &["cancel", "retry", "resolve", "report", "verify"],
        "--only STATE, --code CODE and --machines FILE choose machines of a batch",
    ),
    misplaced(REHEARSING, &["plan"], "it sends nothing in any case: leave this out"),
    misplaced(
        REHEARSING,
        &["cancel", "retry", "resolve"],
        "without --yes it says what it would do, and asks before it does it",
    ),
    misplaced(REHEARSING, &["resume"], "`status` shows what is left to send"),
    misplaced(
        REHEARSING,
        &["track", "verify", "check", "status", "report", "show", "batches"],
        "it offboards nothing in any case: leave this out",
    ),
    misplaced(&["offline"], &["run"], "`plan FILE --offline` reads the list alone"),
    misplaced(CONNECTION, JOURNAL_ONLY, "it opens only the journal: leave OPTION out"),
    misplaced(CONNECTION, ALONE, "it makes no connection to a tenant: leave OPTION out"),
    misplaced(
        &["seed", "faults", "fleet"],
        JOURNAL_ONLY,
        "it talks to no simulator; --simulate alone chooses the journal of rehearsals",
    ),
    misplaced(&["again"], &["retry"], "it sends machines again in any case: leave --again out"),
    misplaced(&["again"], &["resume"], "`retry` sends machines again that ended badly"),
    misplaced(
        &["dry-run"],
        &["simulator", "forecast"],
        "it offboards nothing in any case: leave this out",
    ),
    misplaced(&["version"], &[], "`--version` shows the version"),
    misplaced(
        &["head", "write-head"],
        &["audit export"],
        "`audit verify` checks a head, and writes one",
    ),
];

/// What to type instead of this option at this command, where there is more to say than which
/// command has it.
pub(super) fn sentence(option: &str, command: &str) -> Option<String> {
    let found = MISPLACED.iter().find(|it| {
        it.options.contains(&option) && (it.at.is_empty() || it.at.contains(&command))
    })?;
    let sentence = found.sentence.replace("COMMAND", command);
    Some(sentence.replace("OPTION", &format!("--{option}")))
}

/// What to say of one word too many.
pub(super) fn of_surplus_word(command: &str) -> Option<&'static str> {
    Some(match command {
        "resume" | "stop" | "cancel" | "retry" | "status" => "name one batch at a time",
        "track" | "verify" | "report" => "name one batch, or `all`",
        "show" => "one machine at a time; `report --machines FILE` is for many",
        "batches" => "`status 3` shows one batch",
        "check" => "`plan FILE` looks at a list",
        "audit verify" | "audit export" | "journal copy" => "it is about the whole journal",
        _ => return None,
    })
}
