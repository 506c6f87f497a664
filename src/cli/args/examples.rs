//! What can be copied from the help: for each command lines that are typed as they stand.
//!
//! Deliberately absent: what an option means, which stands where the option is.

/// Examples of commands, the most useful one of each first: `-h` shows two of them.
const EXAMPLES: [&[&str]; 25] = [
    &[
        "plan fleet.csv --comment \"CHG0041233 retired\"",
        "plan fleet.csv --offline",
        "plan fleet.csv --comment \"CHG0041233 retired\" --output plan.json",
        "plan fleet.csv --where Group=Berlin --details all.csv",
    ],
    &[
        "run fleet.csv --comment \"CHG0041233 retired\"",
        "run fleet.csv --comment Trial --simulate",
        "run fleet.csv --comment Retired --canary 20 --max-failures 5%",
        "run fleet.csv --comment Retired --yes --expect-count 9974 --json",
    ],
    &[
        "resume",
        "resume 3 --until 06:00",
        "resume 3 --between \"22:00-06:00 Europe/Berlin\"",
        "resume 3 --yes --profile contoso",
    ],
    &["stop", "stop 3", "stop --profile contoso"],
    &[
        "cancel 3",
        "cancel 3 --only queued",
        "cancel 3 --machines keep.csv",
        "cancel 3 --only pending --yes --json",
    ],
    &[
        "retry 3",
        "retry 3 --only failed,timed_out",
        "retry 3 --machines again.csv",
        "retry 3 --code AzureADErrorCode --yes",
    ],
    &[
        "resolve --only held",
        "resolve pc-0417 --resend",
        "resolve pc-0417 --submitted 5382f7ea-7557-4ab7-9782-d50480024a4e",
        "resolve --only held --batch 3 --skip",
    ],
    &["track", "track 3 --track-timeout 2h", "track all --success-on pending --json"],
    &["verify", "verify 3 --output verify.csv", "verify all", "verify 3 --only succeeded --json"],
    &["serve", "serve --open", "serve --port 8080"],
    &["status", "status --watch", "status 3 --json", "status --journal tenants/"],
    &["show pc-0417", "show 7c9e66797425440de944be07fc1f90ae700000ff", "show pc-0417 --json"],
    &[
        "report --output report.csv",
        "report 3 --only unsuccessful",
        "report all --format ndjson",
        "report --journal tenants/ --output all.csv",
    ],
    &["batches", "batches --journal tenants/", "batches --json"],
    &["check", "check --profile contoso", "check --auth device-code", "check --json"],
    &[
        "audit verify",
        "audit verify --write-head head.txt",
        "audit verify --head head.txt",
        "audit verify --profile contoso --json",
    ],
    &[
        "audit export --output facts.ndjson",
        "audit export --profile contoso --output contoso-facts.ndjson",
        "audit export --output facts.ndjson --force",
    ],
    &[
        "journal copy backup.db",
        "journal copy other.db --hand-over",
        "journal copy contoso-backup.db --profile contoso",
    ],
    &[
        "forecast 10000",
        "forecast fleet.csv --between 22:00-06:00",
        "forecast 1e4 --quota-share 50%",
        "forecast 10_000 --limit 20/1m --json",
    ],
    &["config show", "config show --profile contoso", "config show --json"],
    &["config init", "config init --config contoso.toml", "config init --force"],
    &[
        "simulator --sample 200 --output try.csv",
        "simulator --machines fleet.csv",
        "simulator --machines fleet.csv --listen 127.0.0.1:8080 --speed 60",
        "simulator --machines fleet.csv --faults flaky --seed 7",
    ],
    &["completions powershell", "completions bash", "completions zsh"],
    &["man", "man man1", "man man1 --force"],
    &["help run", "help audit verify"],
];

/// The examples of a command, by its words: `audit verify`. Those of `audit` are those of all
/// below it, the first of each one first.
pub(super) fn of(command: &str) -> Vec<&'static str> {
    let is_its = |example: &str| {
        let rest = example.strip_prefix(command);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let groups: Vec<_> =
        EXAMPLES.iter().filter(|group| group.iter().all(|it| is_its(it))).collect();
    let most = if groups.len() > 1 { 2 } else { usize::MAX };
    (0..most.min(EXAMPLES_MAX))
        .flat_map(|number| groups.iter().filter_map(move |group| group.get(number).copied()))
        .collect()
}

/// Most examples of a command.
pub(super) const EXAMPLES_MAX: usize = 4;
