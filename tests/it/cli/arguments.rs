//! What is typed, and what is said of a wrong command line.

use crate::support::desk::Desk;
use crate::support::machines::list;

/// Every word that a screen names as a command is one.
const COMMANDS: [&str; 22] = [
    "plan",
    "run",
    "resume",
    "stop",
    "cancel",
    "track",
    "retry",
    "resolve",
    "status",
    "serve",
    "show",
    "report",
    "batches",
    "check",
    "forecast",
    "config",
    "simulator",
    "journal",
    "verify",
    "audit",
    "completions",
    "man",
];

#[test]
fn help_lists_every_command_and_ends_with_0() {
    let said = Desk::new().run("help").ends_with(0);
    for command in COMMANDS {
        assert!(said.out.contains(&format!("\n  {command} ")), "{command}: {said}");
        Desk::new().run(&format!("{command} --help")).ends_with(0);
    }
}

#[test]
fn the_program_alone_says_how_to_begin_with_commands_that_exist() {
    let said = Desk::new().run("").ends_with(0);
    let named = said.out.split("mde-offboard ").skip(1);
    for rest in named {
        let word = rest.split_whitespace().next().unwrap();
        assert!(COMMANDS.contains(&word) || word == "help", "`{word}`: {said}");
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let desk = Desk::new();
    for words in ["frobnicate", "run", "status --frob", "forecast 1 --limit 5", "resume zero"] {
        let said = desk.run(words).ends_with(2);
        assert!(said.err.starts_with("error: "), "{words}: {said}");
        assert!(said.out.is_empty(), "{words}: {said}");
    }
}

#[test]
fn with_json_an_error_is_one_document_on_standard_output() {
    let desk = Desk::new();
    for (words, code) in
        [("run --json", 2), ("--json frobnicate", 2), ("run gone.csv --comment x --json", 3)]
    {
        let said = desk.run(words).ends_with(code);
        let document = said.json();
        assert_eq!(document["schema"], "mde-offboard.error/1", "{words}: {said}");
        assert_eq!(document["exit_code"], code, "{words}: {said}");
        assert!(document["causes"].is_array(), "{words}: {said}");
        assert!(said.err.is_empty(), "{words}: {said}");
    }
}

#[test]
fn json_is_plain_ascii() {
    let said = Desk::new().run("run fl\u{f6}tte.csv --comment x --json").ends_with(3);
    assert!(said.out.is_ascii() && said.out.contains("\\u00f6"), "{said}");
}

#[test]
fn a_secret_is_no_option() {
    for word in ["--client-secret", "--token", "--password", "--secret"] {
        Desk::new().run(&format!("run a.csv {word} hush")).ends_with(2);
    }
}

#[test]
fn without_credentials_it_says_where_they_are_looked_for() {
    let desk = Desk::with_file("a.csv", list(1));
    desk.run("run a.csv --comment x --yes").ends_with(2).says("AZURE_CLIENT_SECRET");
}

#[test]
fn an_empty_variable_is_no_variable() {
    let desk = Desk::new().with("AZURE_CLIENT_SECRET", "").with("MDE_OFFBOARD_TOKEN", " ");
    desk.file("a.csv", list(1));
    desk.run("run a.csv --comment x --yes").ends_with(2).says("no credentials");
}

#[test]
fn the_simulator_serves_on_loopback_only() {
    Desk::new().run("simulator --listen 0.0.0.0:0").ends_with(2).says("loopback");
}

#[test]
fn what_people_type_from_habit_is_answered_with_what_it_is_here() {
    for (typed, answer) in [
        ("list", "`mde-offboard batches`"),
        ("ls", "`mde-offboard batches`"),
        ("offboard fleet.csv", "`mde-offboard run FILE`"),
        ("log", "`mde-offboard show MACHINE`"),
        ("logs", "--log-file FILE"),
        ("run fleet.csv --dry-run", "`mde-offboard plan FILE`"),
        ("run fleet.csv --comment x -y", "write --yes"),
        ("run --file fleet.csv", "without an option"),
        ("run fleet.csv --client-secret=hunter2", "a secret is never an option"),
        ("fleet.csv", "`mde-offboard plan FILE`"),
        ("config list", "`mde-offboard config --help`"),
        ("run --watch", "`mde-offboard status --watch` shows it in a second terminal"),
        ("run fleet.csv --comment x --watch", "it shows its progress by itself"),
        ("batches --watch", "`mde-offboard status --watch`"),
        ("status -w", "`mde-offboard status --watch`"),
        ("status --format json", "--json prints one JSON document"),
        ("status --format=json", "--json prints one JSON document"),
        ("cancel 1 --limit 20/1m", "it keeps to what the batch was started with"),
        ("cancel 1 --dry-run", "without --yes it says what it would do"),
        ("track --yes", "leave --yes out"),
        ("status --batch 3", "`mde-offboard status 3`"),
        ("status --tenant-id x", "it opens only the journal"),
        ("resume --comment x", "a batch keeps the comments"),
        ("simulator --simulate", "leave --simulate out"),
        ("audit --head x", "--head is an option of audit verify"),
        ("show pc-1 --skip-invalid", "--skip-invalid is an option of plan and run"),
        ("report --outptu x", "did you mean --output?"),
        ("run a.csv --expect 3", "did you mean --expect-count or --expect-plan?"),
        ("statsu", "did you mean `mde-offboard status`?"),
        ("audit verfiy", "did you mean `mde-offboard audit verify`?"),
        ("cancel --frobnicate", "`mde-offboard cancel --help`"),
        ("batches 3", "`mde-offboard status 3` shows one batch"),
        ("--profile status run --watch", "it shows its progress by itself"),
    ] {
        let said = Desk::new().run(typed).ends_with(2);
        said.says(answer).says("hint: ").never_says("hunter2").never_says("as a value");
        let said = Desk::new().run(&format!("--json {typed}")).ends_with(2);
        assert!(said.json()["hint"].as_str().unwrap().contains(answer), "{said}");
    }
}

#[test]
fn the_short_help_of_each_command_is_what_is_needed_every_day() {
    let mut told = Vec::new();
    for command in COMMANDS {
        let short = Desk::new().run(&format!("{command} -h")).ends_with(0).out;
        let long = Desk::new().run(&format!("{command} --help")).ends_with(0).out;
        assert!(short.lines().count() <= 60, "{short}");
        assert!(short.contains("\nExamples:\n"), "{short}");
        for line in short.lines().chain(long.lines()) {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
        assert!(long.contains("\nExit codes:\n") && long.len() > short.len(), "{long}");
        told.push(format!("$ mde-offboard {command} -h\n{short}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}
