//! Files that are taken away under a runner.

use super::site::{Said, Site};

/// A run in whose middle `trouble` happens; how many POSTs there were by then, and what it said.
#[track_caller]
fn troubled<T>(site: &Site, trouble: impl FnOnce() -> T) -> (u64, Said, T) {
    let run = site.start("40/1s");
    site.wait_for_posts(10);
    let kept = trouble();
    let posts = site.truth("posts");
    (posts, run.wait_with_output().unwrap().into(), kept)
}

/// Requests of the turn in which it happened may still go out: as many as are in flight at once.
const AT_ONCE: u64 = 8;

#[test]
#[cfg(unix)]
fn a_journal_that_is_moved_away_stops_the_run_and_goes_on_once_it_is_back() {
    let site = Site::new(120);
    let away = site.path("away.db");
    let move_it = || std::fs::rename(site.journal(), &away).unwrap();
    let (posts, said, ()) = troubled(&site, move_it);
    said.is(8, &["journal.db` was moved or deleted while it was in use", "put it back"]);
    assert!(site.truth("posts") <= posts + AT_ONCE, "it went on: {said}");
    std::fs::rename(&away, site.journal()).unwrap();
    site.check_intents();
    site.check_mended("resume");
}

#[test]
#[cfg(unix)]
fn a_lock_that_is_deleted_stops_the_run_before_two_can_send() {
    let site = Site::new(120);
    let delete = || std::fs::remove_file(site.path("journal.db.lock")).unwrap();
    let (posts, said, ()) = troubled(&site, delete);
    said.is(8, &["journal.db.lock` was moved or deleted", "`mde-offboard resume`"]);
    assert!(site.truth("posts") <= posts + AT_ONCE, "it went on: {said}");
    site.check_mended("resume");
}

#[test]
fn a_second_runner_is_refused_with_the_process_that_has_it_and_readers_are_not() {
    let site = Site::new(120);
    let (_, first, ()) = troubled(&site, || {
        let runner = site.say("resume --journal journal.db");
        let stop = "`mde-offboard stop --journal journal.db`";
        runner.is(8, &["is in use by process", "(run, since", stop]);
        site.say("status").is(0, &["Batch 1"]);
        site.say("report").is(0, &["machine_id"]);
    });
    first.is(0, &[]);
    assert_eq!(site.truth("posts"), site.machines, "readers cost it nothing");
}
