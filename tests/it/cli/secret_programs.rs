//! Programs that are asked for a secret, and do something else: `secret_command` and `az`.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command};

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Said, signal};
use crate::support::waiting::holds_soon;

const PLAN: &str = "plan fleet.csv --comment x --timeout 1s --offline-timeout 10ms";

/// A desk whose settings and whose `PATH` name one program, with this script.
fn desk(script: &str) -> Desk {
    let desk = Desk::holding(&list(3), "");
    std::fs::create_dir(desk.path("bin")).unwrap();
    // A child that lives on must not keep our end of its standard error open.
    desk.file("bin/az", format!("#!/bin/sh\nexec 2>/dev/null\n{script}\n"));
    std::fs::set_permissions(desk.path("bin/az"), PermissionsExt::from_mode(0o755)).unwrap();
    desk.file("settings.toml", "[profile.contoso]\nsecret_command = ['./bin/az']\n");
    let path = format!("{}:/usr/bin:/bin", desk.path("bin").display());
    desk.with("PATH", &path)
}

const WAYS: [&str; 2] = ["--auth azure-cli", "--profile contoso --config settings.toml"];

fn run(desk: &Desk, words: &str) -> Said {
    Said::by(start(desk, words))
}

fn start(desk: &Desk, words: &str) -> Child {
    desk.command(words).env_remove("AZURE_CLIENT_SECRET").spawn().unwrap()
}

/// The process whose number is in `pid` was killed; a zombie has ended. One that lives on is ended
/// here, for it would outlive the tests.
#[track_caller]
fn check_ended(desk: &Desk) {
    let pid = desk.text("pid");
    let stat = format!("/proc/{}/stat", pid.trim());
    let has_ended = holds_soon(|| {
        let stat = std::fs::read_to_string(&stat).unwrap_or_default();
        stat.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('Z'))
    });
    if !has_ended {
        Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap();
    }
    assert!(has_ended, "the program's child lives on");
}

#[test]
fn a_program_that_takes_too_long_ends_with_all_that_it_started() {
    for script in [
        "sleep 500 & echo $! > pid; wait",
        "echo secret; sleep 500 & echo $! > pid",
        "echo $$ > pid; echo secret; exec >&-; sleep 500",
    ] {
        for way in WAYS {
            let desk = desk(script);
            let said = run(&desk, &format!("{PLAN} {way}"));
            let said = said.says("did not end within 1s");
            let code = if way == WAYS[0] { 5 } else { 6 };
            said.ends_with(code);
            check_ended(&desk);
        }
    }
}

#[test]
fn a_program_that_prints_without_end_is_ended_at_once() {
    let words = PLAN.replace("--timeout 1s", "--timeout 4m");
    for way in WAYS {
        let desk = desk("echo $$ > pid; exec yes");
        run(&desk, &format!("{words} {way}")).ends_with(6).says("prints more than 64 KiB");
        check_ended(&desk);
    }
}

#[test]
fn a_program_that_is_waited_for_is_named_and_ends_with_ctrl_c() {
    let plan = PLAN.replace("--timeout 1s", "--timeout 4m");
    for (words, name, code) in [
        (format!("{plan} {}", WAYS[0]), "`az account get-access-token`", 7),
        (format!("{plan} {}", WAYS[1]), "`./bin/az` (secret_command)", 7),
        (format!("check --timeout 4m {}", WAYS[1]), "`./bin/az` (secret_command)", 5),
    ] {
        let desk = desk("sleep 500 & echo $! > pid; wait");
        let mut process = start(&desk, &words);
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = said.find_map(|line| line.ok().filter(|line| line.starts_with("waiting")));
        let line = line.unwrap();
        assert!(line.starts_with(&format!("waiting for {name} until ")), "{line}");
        signal(&process, "-INT");
        assert_eq!(process.wait().unwrap().code(), Some(code), "{words}");
        check_ended(&desk);
    }
}
