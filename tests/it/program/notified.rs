//! `--notify-command`: told of every end, and never the cause of one.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said, signal, started};
use crate::support::waiting::wait_until;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 1s --poll-interval \
                   200ms --track-timeout 1s";

/// Puts a script beside the list; it is run with `--notify-command`.
fn script(desk: &Desk, text: &str) {
    desk.file("notify", format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(desk.path("notify"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Keeps what it is given, and says that it was called.
const KEEPS: &str = "cat > told.json; echo \"$MDE_OFFBOARD_EXIT_CODE $# $1\" > told; echo hello";

fn document(desk: &Desk) -> Value {
    serde_json::from_str(&desk.text("told.json")).expect("a document")
}

#[test]
fn it_gets_the_status_and_the_exit_code_without_a_shell() {
    let desk = Desk::with_fleet(3, "");
    script(&desk, KEEPS);
    let mut command = desk.command(&format!("{RUN} --json --notify-command"));
    command.arg("./notify \"a  b; $HOME\" c");
    let said = command.said();
    let code = said.code.expect("it ended");
    assert_eq!(desk.text("told"), format!("{code} 2 a  b; $HOME\n"), "{said}");
    assert_eq!(document(&desk), said.json(), "what standard output got");
    assert!(said.err.contains("hello"), "what it prints is no result: {said}");
    assert!(said.err.contains("`./notify` (--notify-command) ended with exit code 0"), "{said}");
}

#[test]
fn its_own_end_changes_nothing() {
    let desk = Desk::with_fleet(1, "");
    desk.run(&RUN.replace("--track-timeout 1s", "--track-timeout 1m"));
    let code = desk.run(RUN).code;
    for (text, says) in [
        ("exit 3", "ended with exit code 3"),
        ("exec </dev/null; kill -9 $$", "ended with signal: 9"),
    ] {
        script(&desk, text);
        let said = desk.run(&format!("{RUN} --notify-command ./notify"));
        assert_eq!(said.code, code, "{said}");
        assert_eq!(said.err.matches(says).count(), 1, "{said}");
    }
    let said = desk.run(&format!("{RUN} --notify-command ./no-such-program"));
    assert_eq!(said.code, code, "{said}");
    said.says("`./no-such-program` (--notify-command) cannot be run");
}

#[test]
fn an_interrupted_run_and_one_that_never_began_are_told_as_well() {
    let desk = Desk::with_fleet(300, "--limit 10/1s");
    script(&desk, KEEPS);
    let run = desk.start(&format!("{RUN} --limit 10/1s --notify-command ./notify"));
    desk.wait_for("status --json", |status| status["counts"]["pending"].as_u64() > Some(3));
    signal(&run, "-TERM");
    Said::by(run).ends_with(5);
    assert_eq!(desk.text("told"), "5 0 \n");
    let status = document(&desk);
    assert_eq!(
        (&status["schema"], &status["running"]),
        (&"mde-offboard.status/1".into(), &false.into())
    );
    assert_eq!(status["next"]["command"], "mde-offboard resume 1");
    desk.run("run missing.csv --comment x --yes --notify-command ./notify").ends_with(3);
    assert_eq!(desk.text("told"), "3 0 \n");
    assert_eq!(document(&desk)["schema"], "mde-offboard.error/1");
    assert_eq!(document(&desk)["exit_code"], 3);
}

#[test]
fn one_that_is_waited_for_is_named_and_a_signal_ends_it_alone() {
    let desk = Desk::with_fleet(1, "");
    desk.run(&RUN.replace("--track-timeout 1s", "--track-timeout 1m"));
    script(&desk, "sleep 300 & echo $! > child; wait");
    for words in [format!("{RUN} --json"), "run missing.csv --comment x --yes --json".to_owned()] {
        let code = desk.run(&words).code;
        let errors = desk.path("errors");
        let mut run = desk.command(&format!("{words} --notify-command ./notify"));
        run.stdout(std::process::Stdio::piped()).stderr(fs::File::create(&errors).unwrap());
        let run = started(&mut run);
        let told = || fs::read_to_string(&errors).unwrap();
        wait_until("it is named", || told().contains("waiting for `./notify` (--notify-command)"));
        signal(&run, "-INT");
        let said = Said::by(run);
        assert_eq!(said.code, code, "{said}{}", told());
        assert!(said.json()["schema"].is_string(), "one document: {said}");
        assert!(told().contains("was ended by the signal"), "{}", told());
        let child = desk.text("child");
        wait_until("its child has ended", || {
            !std::path::Path::new("/proc").join(child.trim()).exists()
        });
    }
}

#[test]
fn a_command_that_is_none_is_refused_at_once() {
    let desk = Desk::with_file("fleet.csv", list(1));
    for (words, says) in
        [("", "names no program"), ("\"\"", "names no program"), ("a \"b", "quote")]
    {
        let mut command = desk.command("run fleet.csv --simulate --notify-command");
        let said = Said::from(command.arg(words).complete());
        said.ends_with(2).says(says);
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Desk, RUN, fs, script, wait_until};

    #[test]
    fn one_that_does_not_end_is_ended_after_a_minute_with_all_that_it_started() {
        let desk = Desk::with_fleet(1, "");
        desk.run(&RUN.replace("--track-timeout 1s", "--track-timeout 1m"));
        let code = desk.run(RUN).code;
        script(&desk, "sleep 300 & echo $! > child; wait");
        let said = desk.run(&format!("{RUN} --notify-command ./notify"));
        assert_eq!(said.code, code, "{said}");
        let said = said.says("did not end within 60 s");
        let child = desk.text("child");
        wait_until(&format!("its child has ended: {said}"), || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            stat.map_or(true, |stat| stat.contains(") Z "))
        });
    }
}
