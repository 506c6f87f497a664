//! What is for its user alone on Windows, in a folder that everybody can read.

use std::path::Path;

use mde_offboard::journal::access::{Others, let_everyone_read, others};

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};
use crate::support::rights::{close, pass_on_reading};
use crate::support::waiting::wait_until;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --track-timeout 0 --simulate";

/// Everybody can read what anybody else makes on this desk.
fn open(desk: Desk) -> Desk {
    pass_on_reading(desk.path("x").parent().unwrap());
    desk.file("fleet.csv", list(3));
    assert_eq!(others(&desk.path("fleet.csv")), Some(Others::Read), "it is open");
    desk
}

#[track_caller]
fn check_private(path: &Path, said: &Said) {
    assert!(path.exists(), "{}: {said}", path.display());
    assert_eq!(others(path), None, "{}: {said}", path.display());
}

#[test]
fn a_journal_and_all_that_belongs_to_it_let_nobody_else_in() {
    let desk = open(Desk::new());
    let said = desk.run(&format!("{RUN} --journal new/folder/j.db")).ends_with(9);
    for name in ["new", "new/folder", "new/folder/j.db", "new/folder/j.db.lock"] {
        check_private(&desk.path(name), &said);
    }
}

#[test]
fn files_beside_a_journal_have_its_rights_while_it_is_used() {
    let desk = Desk::with_fleet(300, "--limit 10/1s");
    pass_on_reading(desk.path("x").parent().unwrap());
    let mut run = desk.start_quietly(
        "run fleet.csv --comment x --yes --limit 10/1s --settle 1s --track-timeout 0 --again",
    );
    let beside = ["-wal", "-shm", ".lock"].map(|end| desk.path(&format!("journal.db{end}")));
    wait_until("it sends", || desk.posts() > 3);
    let found: Vec<_> = beside.iter().map(|path| (path.exists(), others(path))).collect();
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(found, [(true, None); 3]);
    // Who opens the journal to others opens them, too.
    let_everyone_read(&desk.path("journal.db"));
    let mut run = desk.start_quietly("resume --limit 10/1s --settle 1s --track-timeout 0");
    let posts = desk.posts();
    wait_until("it sends again", || desk.posts() > posts);
    let found: Vec<_> = beside.iter().map(|path| others(path)).collect();
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(found, [Some(Others::Read), Some(Others::Read), None]);
}

#[test]
fn outputs_let_nobody_else_in_except_metrics() {
    let desk = open(Desk::new());
    let said = desk.run(&format!(
        "{RUN} --journal j.db --events events --log-file log --metrics-file node.prom"
    ));
    for name in ["events", "log"] {
        check_private(&desk.path(name), &said);
    }
    assert_eq!(others(&desk.path("node.prom")), Some(Others::Read), "{said}");
    let said = desk.run("report --simulate --journal j.db --format csv --output report.csv");
    check_private(&desk.path("report.csv"), &said);
}

#[test]
fn a_secret_that_others_can_read_is_refused_with_the_line_that_closes_it() {
    let desk = Desk::holding(&list(3), "");
    desk.file("secret", "x").file(
        "settings.toml",
        "[profile.contoso]\ntenant_id = '00000000-0000-0000-0000-000000000001'\n\
         client_id = '00000000-0000-0000-0000-000000000002'\nsecret_file = 'secret'\n",
    );
    let words = "plan fleet.csv --comment x --profile contoso --config settings.toml";
    let run = || -> Said {
        let mut command = desk.command(words);
        command.env_remove("AZURE_CLIENT_SECRET").said()
    };
    let_everyone_read(&desk.path("secret"));
    let said = run().ends_with(6).says("secret (secret_file) can be read by others");
    said.says("`icacls secret /inheritance:r /grant:r *S-1-5-21-").never_says("(mode");
    close(&desk.path("secret"));
    run().never_says("can be read by others");
}

#[test]
fn a_journal_that_others_can_read_is_warned_of() {
    let desk = open(Desk::holding(&list(3), "")).with("MDE_OFFBOARD_JOURNAL", "j.db");
    desk.run("plan fleet.csv --comment x").ends_with(0);
    desk.run("check").ends_with(0).never_says("file modes");
    let_everyone_read(&desk.path("j.db"));
    let said = desk.run("check").ends_with(0);
    said.says_all(&["file modes", "j.db: others can read what was done", "icacls j.db"]);
}
