//! Files that are taken away under a runner.

use crate::support::program::Said;

use super::site::{AT_ONCE, Site};

/// A run in whose middle `trouble` happens; how many POSTs there were by then, and what it said.
#[track_caller]
fn troubled<T>(site: &Site, trouble: impl FnOnce() -> T) -> (u64, Said, T) {
    let mut run = site.start("40/1s");
    site.desk.wait_for_posts(10, &mut run);
    let kept = trouble();
    let posts = site.desk.posts();
    (posts, Said::by(run), kept)
}

#[test]
#[cfg(unix)]
fn a_journal_that_is_moved_away_stops_the_run_and_goes_on_once_it_is_back() {
    let site = Site::new(120);
    let away = site.desk.path("away.db");
    let move_it = || std::fs::rename(site.desk.fleet_journal(), &away).unwrap();
    let (posts, said, ()) = troubled(&site, move_it);
    let said = said
        .ends_with(8)
        .says_all(&["journal.db` was moved or deleted while it was in use", "put it back"]);
    assert!(site.desk.posts() <= posts + AT_ONCE, "it went on: {said}");
    std::fs::rename(&away, site.desk.fleet_journal()).unwrap();
    site.check_intents();
    site.check_fixed("resume");
}

#[test]
#[cfg(unix)]
fn a_lock_that_is_deleted_stops_the_run_before_two_can_send() {
    let site = Site::new(120);
    let delete = || std::fs::remove_file(site.desk.path("journal.db.lock")).unwrap();
    let (posts, said, ()) = troubled(&site, delete);
    let said = said
        .ends_with(8)
        .says_all(&["journal.db.lock` was moved or deleted", "`mde-offboard resume`"]);
    assert!(site.desk.posts() <= posts + AT_ONCE, "it went on: {said}");
    site.check_fixed("resume");
}

#[test]
fn a_second_runner_is_refused_with_the_process_that_has_it_and_readers_are_not() {
    let site = Site::new(120);
    let (_, first, ()) = troubled(&site, || {
        let runner = site.desk.run("resume --journal journal.db");
        let stop = "`mde-offboard stop --journal journal.db`";
        runner.ends_with(8).says_all(&["is in use by process", "(run, since", stop]);
        site.desk.run("status").ends_with(0).says("Batch 1");
        site.desk.run("report").ends_with(0).says("machine_id");
    });
    first.ends_with(0);
    assert_eq!(site.desk.posts(), site.machines, "readers cost it nothing");
}
