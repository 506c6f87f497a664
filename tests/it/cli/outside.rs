//! Text from outside never drives a terminal, whoever said it, and is never passed over in silence.

use std::process::{Command, Stdio};

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said, possible, started};

/// What turns text around, clears a screen, and cannot be seen.
const BAD: &str = "\u{202e}\u{1b}[2J\u{9b}\u{200b}\u{e0041}";

/// Fails where a stream holds a character that a terminal would obey or hide.
#[track_caller]
fn clean(said: &Said) {
    let bad = |c: char| (c.is_control() && c != '\n') || (!c.is_ascii() && BAD.contains(c));
    for stream in [&said.out, &said.err] {
        let found = stream.chars().find(|c| bad(*c));
        assert_eq!(found, None, "{}", stream.escape_debug());
    }
}

/// Fails where the journal of rehearsals, or a file beside it, holds what turns text around.
#[track_caller]
fn stored_clean(desk: &Desk) {
    let folder = desk.journal("simulation.db").parent().unwrap().to_owned();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let held = bytes.windows(3).any(|three| three == "\u{202e}".as_bytes());
        assert!(!held, "{}", path.display());
    }
}

fn end(mut command: Command) -> Said {
    command.said()
}

const RUN: &str = "run --simulate --yes --progress none --track-timeout 0";

#[test]
fn the_name_of_a_file_is_escaped_on_every_screen_and_in_the_journal() {
    let desk = Desk::new();
    let name = possible(&format!("x{BAD}np.csv"));
    let escape = if cfg!(windows) { "" } else { "\\u{1b}" };
    let shown = format!("x\\u{{202e}}{escape}[2J\\u{{9b}}\\u{{200b}}\\u{{e0041}}np.csv");
    desk.file(&name, list(3));
    let mut run = desk.command(RUN);
    run.args(["--comment", "Trial", &name]);
    let run = end(run).says(&shown);
    clean(&run);
    for words in ["status", "batches", "show 0000000000000000000000000000000000000001", "report"] {
        let said = desk.run(&format!("{words} --simulate"));
        clean(&said);
    }
    clean(&desk.run("batches --simulate").says(&shown));
    stored_clean(&desk);
    let mut missing = desk.command(RUN);
    missing.args(["--comment", "Trial", &format!("{BAD}.csv")]);
    let missing = end(missing).ends_with(3);
    clean(&missing);
    assert!(missing.err.contains("\\u{202e}"), "{missing}");
}

#[cfg(unix)]
#[test]
fn names_of_files_that_are_not_text_stay_different() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    for (bytes, shown) in [(b"a\xff.csv", "a\\x{ff}.csv"), (b"a\xfe.csv", "a\\x{fe}.csv")] {
        let mut run = desk.command("forecast");
        run.arg(OsStr::from_bytes(bytes));
        end(run).ends_with(3).says(shown);
    }
}

#[test]
fn a_comment_that_others_could_not_read_is_refused_and_nothing_is_queued() {
    let desk = Desk::with_file("fleet.csv", list(3));
    for (comment, what) in [
        ("Q4\u{202e}", "character 3 of the comment is U+202E, which turns text around"),
        ("\u{1b}[2JQ4", "character 1 of the comment is U+001B, a control character"),
        ("Q\u{200b}4", "character 2 of the comment is U+200B, which cannot be seen"),
    ] {
        let mut run = desk.command(RUN);
        run.args(["fleet.csv", "--comment", comment]);
        let said = end(run).ends_with(2).says(what);
        clean(&said);
        let id = "c".repeat(40);
        desk.file("own.csv", format!("Device ID,Comment\n{id},{comment}\n"));
        let said = desk.run(&format!("{RUN} own.csv")).ends_with(3).says(what);
        clean(&said);
    }
    let mut run = desk.command(RUN);
    let ordinary = "\u{1f469}\u{200d}\u{1f4bb} ausgemustert é \u{2764}\u{fe0f}";
    run.args(["fleet.csv", "--comment", ordinary]);
    assert_ne!(end(run).says("ausgemustert").code, Some(2));
}

#[test]
fn columns_conditions_and_cells_are_escaped_where_they_are_quoted() {
    let desk = Desk::with_file("fleet.csv", format!("Device {BAD}ID,Group{BAD}\nx{BAD},a\n"));
    clean(&desk.run("forecast fleet.csv").ends_with(3).says("\\u{202e}"));
    desk.file("named.csv", format!("Device ID,Group{BAD}\nx{BAD},a\n"));
    let mut run = desk.command(RUN);
    run.args(["named.csv", "--comment", "Trial", "--where", &format!("Group{BAD}!=q{BAD}")]);
    clean(&end(run).ends_with(3).says("\\u{202e}"));
    let id = "c".repeat(40);
    desk.file("good.csv", format!("Device ID,Group{BAD}\n{id},a\n"));
    let mut run = desk.command(RUN);
    run.args(["good.csv", "--comment", "Trial", "--where", &format!("Group{BAD}!=q{BAD}")]);
    let run = end(run).says("Where      Group\\u{202e}\\u{1b}[2J");
    clean(&run);
    stored_clean(&desk);
    let mut run = desk.command(RUN);
    run.args(["named.csv", "--comment", "Trial", "--where", &format!("G=a{}", "x".repeat(1_001))]);
    end(run).ends_with(2).says("more than 1000 characters");
}

#[test]
fn what_was_typed_is_escaped_where_the_command_line_is_refused() {
    let desk = Desk::new();
    for arguments in [
        [format!("--{BAD}"), String::new()],
        ["--api-url".to_owned(), format!("http://{BAD}")],
        ["--id-column".to_owned(), format!("q{BAD}")],
        ["--limit".to_owned(), format!("1/{BAD}")],
    ] {
        desk.file("fleet.csv", list(1));
        let mut run = desk.command("run fleet.csv --comment Trial --yes");
        run.args(arguments.iter().filter(|argument| !argument.is_empty()));
        let said = end(run);
        assert!(matches!(said.code, Some(2 | 3)), "{said}");
        clean(&said);
    }
}

#[test]
fn who_and_where_are_kept_in_a_form_that_can_be_shown() {
    let name = format!("op{BAD}{}", "x".repeat(5_000));
    let desk = Desk::new().with("USER", &name).with("HOSTNAME", &name);
    desk.file("fleet.csv", list(3));
    let mut run = desk.command("run fleet.csv --comment Trial --simulate --yes --progress none");
    run.args(["--pace", "steady", "--limit", "60/1h"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = started(&mut run);
    desk.wait_for("status --simulate --json", |status| status["running"] == true);
    clean(&desk.run("stop --simulate").ends_with(0));
    run.wait().unwrap();
    let said = desk.run("resume --simulate").says("was stopped by op\\u{202e}\\u{1b}[2J");
    clean(&said);
    assert!(said.err.len() < 2_000, "{said}");
    stored_clean(&desk);
}
