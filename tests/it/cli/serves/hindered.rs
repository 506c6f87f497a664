//! A journal that the dashboard may only read, that another program has locked, or that goes away.

use mde_offboard::journal::Journal;

use super::visit::{Dashboard, Event, Events};
use crate::support::desk::Desk;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 1s \
                   --poll-interval 200ms --track-timeout 1m";

fn fleet() -> Desk {
    Desk::with_fleet(20, "--limit 1000/1s --limit 5000/1m")
}

/// Reads on until there is nothing to complain about any more.
#[track_caller]
fn comes_to_no_notice(events: &mut Events) {
    events.comes_to("no notice", |event: &Event| {
        event.section().is_some_and(|(id, html)| id == "notice" && html.is_empty())
    });
}

#[test]
fn a_journal_that_another_program_has_locked_is_told_until_it_is_free() {
    let desk = fleet();
    desk.run(RUN).ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let mut events = dashboard.events("events?batch=1", &[]);
    events.comes_to_words("Batch 1 is finished");
    let other = rusqlite::Connection::open(desk.fleet_journal()).unwrap();
    other.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
    let exclusive = "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM stop_requests";
    other.execute_batch(exclusive).unwrap();
    let notice = events.comes_to_words("another program has locked");
    assert_eq!(notice.section().unwrap().0, "notice");
    let page = dashboard.page("");
    assert!(page.contains("The journal cannot be read"), "{page}");
    drop(other);
    comes_to_no_notice(&mut events);
    assert!(dashboard.page("").contains("Batch 1 is finished"));
}

#[test]
fn a_journal_that_was_taken_away_is_waited_for_and_shown_when_it_is_back() {
    let desk = fleet();
    desk.run(RUN).ends_with(0);
    let dashboard = Dashboard::start(&desk, "");
    let mut events = dashboard.events("events?batch=1", &[]);
    events.comes_to_words("Batch 1 is finished");
    std::fs::rename(desk.fleet_journal(), desk.path("away.db")).unwrap();
    events.comes_to("that it is gone", |event| event.name == "page");
    assert!(dashboard.page("").contains("Waiting for a batch: journal.db does not exist yet."));
    let mut waiting = dashboard.events("events?batch=0", &[]);
    waiting.comes_to_words("does not exist yet");
    std::fs::rename(desk.path("away.db"), desk.fleet_journal()).unwrap();
    waiting.comes_to("that it is back", |event| event.name == "page");
    assert!(dashboard.page("").contains("Batch 1 is finished"));
}

/// Its runner was killed, so the newest facts are in the log alone.
#[test]
#[cfg(unix)]
fn a_journal_that_may_only_be_read_is_followed_and_no_file_is_made_beside_it() {
    use crate::support::program::kill;
    use crate::support::viewer::{ReadOnly, Viewer, allow};

    let desk = fleet();
    let mut run = desk.start_quietly(&format!("{RUN} --pace burst --limit 3/1h"));
    desk.wait_for("status --json", |status| status["counts"]["queued"] == 17);
    kill(&mut run);
    let folder = tempfile::tempdir().unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        std::fs::copy(desk.path(name), folder.path().join(name)).unwrap();
    }
    let counts = desk.status()["counts"].clone();
    let names = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let journal = folder.path().join("journal.db");
    let viewer = Viewer::new();
    // A folder that nobody may write, and one in which this user could make files.
    for mode in [0o555, 0o777] {
        let _read_only = ReadOnly::new(folder.path());
        allow(folder.path(), mode);
        let dashboard = Dashboard::of(viewer.command(&journal, "serve").spawn().unwrap());
        let mut events = dashboard.events("events?batch=1", &[]);
        let said = events.comes_to_words("the program ended");
        let page = dashboard.page("");
        for (state, number) in counts.as_object().unwrap() {
            let words = format!("<b>{number}</b> {state}");
            assert!(*number == 0 || page.contains(&words), "no `{words}`: {page}");
        }
        assert!(!page.contains("role=\"alert\""), "{page}");
        assert!(page.contains("<table"), "{page}");
        assert_eq!(dashboard.get("batches/").status, 200, "{said:?}");
        drop(dashboard);
        assert_eq!(names(), before, "{mode:o}");
    }
    // It is as it was for who may write it.
    drop(Journal::open_reader(&journal).unwrap());
}
