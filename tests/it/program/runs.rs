//! Whole runs of the real program.

use crate::support::desk::Desk;

const LIMITS: &str = "--limit 100/1s --limit 400/6s";
const RUN: &str = "run fleet.csv --comment Retired --yes --limit 100/1s --limit 400/6s \
                   --poll-interval 500ms --settle 2s";

#[test]
fn the_same_list_twice_is_one_batch_and_is_not_sent_again() {
    let desk = Desk::with_fleet(60, LIMITS);
    // The summary and the code are repeated.
    for _ in 0..2 {
        desk.run(RUN).ends_with(0);
    }
    assert_eq!(desk.posts(), 60);
    let listed = desk.run("batches --json").json();
    let batches = listed.as_array().or_else(|| listed["batches"].as_array());
    assert_eq!(batches.expect("a list").len(), 1, "{listed}");
}

#[test]
fn machines_that_stay_pending_end_the_run_with_9_and_track_says_the_same() {
    let desk = Desk::with_fleet(100, &format!("{LIMITS} --pending-share 30%"));
    desk.run(&format!("{RUN} --track-timeout 3s")).ends_with(9);
    let status = desk.status();
    let pending = status["counts"]["pending"].as_u64().expect("a number");
    assert!((5..80).contains(&pending), "{status}");
    desk.run("track 1 --track-timeout 1s").ends_with(9);
    assert_eq!(desk.posts(), 100, "track sends nothing");
}

#[test]
fn actions_that_fail_end_the_run_with_4_and_retry_sends_only_those() {
    let desk = Desk::with_fleet(100, &format!("{LIMITS} --fail-share 20%"));
    desk.run(RUN).ends_with(4);
    let failed = desk.status()["counts"]["failed"].as_u64().expect("a number");
    assert!((5..50).contains(&failed));
    let told = desk.run("retry 1 --yes");
    assert_eq!(desk.posts(), 100 + failed, "{told}");
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Desk, LIMITS, RUN};

    #[test]
    fn two_thousand_machines_are_each_posted_once_and_no_window_is_exceeded() {
        let desk = Desk::with_fleet(2_000, LIMITS);
        desk.run(RUN).ends_with(0);
        let truth = desk.truth();
        assert_eq!(truth.number("posts"), 2_000);
        assert_eq!(truth.number("max_posts_per_machine"), 1);
        assert_eq!(truth.number("effects_total"), 2_000);
        truth.check_windows();
        truth.check_none_refused();
        let status = desk.status();
        assert_eq!(status["counts"]["succeeded"], 2_000, "{status}");
        assert_eq!(status["settled"], true);
    }
}
