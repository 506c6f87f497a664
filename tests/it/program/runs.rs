//! Whole runs of the real program.

use super::stage::{Stage, finish};

const LIMITS: [&str; 4] = ["--limit", "100/1s", "--limit", "400/6s"];
const QUICK: [&str; 4] = ["--poll-interval", "500ms", "--settle", "2s"];

fn run<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"];
    arguments.extend(LIMITS);
    arguments.extend(QUICK);
    arguments.extend(more);
    arguments
}

#[test]
fn two_thousand_machines_are_each_posted_once_and_no_window_is_exceeded() {
    let stage = Stage::new(2_000, &LIMITS);
    let (code, told) = finish(stage.connected(&run(&[])));
    assert_eq!(code, 0, "{told}");
    let truth = stage.truth();
    assert_eq!(truth.number("posts"), 2_000);
    assert_eq!(truth.number("max_posts_per_machine"), 1);
    assert_eq!(truth.number("effects_total"), 2_000);
    truth.check_windows();
    truth.check_none_refused();
    let status = stage.status();
    assert_eq!(status["counts"]["succeeded"], 2_000, "{status}");
    assert_eq!(status["settled"], true);
}

#[test]
fn the_same_list_twice_is_one_batch_and_is_not_sent_again() {
    let stage = Stage::new(60, &LIMITS);
    let (code, told) = finish(stage.connected(&run(&[])));
    assert_eq!(code, 0, "{told}");
    let (code, told) = finish(stage.connected(&run(&[])));
    assert_eq!(code, 0, "the summary and the code are repeated: {told}");
    assert_eq!(stage.truth().number("posts"), 60);
    let mut batches = stage.command(&["batches", "--json"]);
    let output = batches.output().expect("it runs");
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let batches = listed.as_array().or_else(|| listed["batches"].as_array());
    assert_eq!(batches.expect("a list").len(), 1, "{listed}");
}

#[test]
fn machines_that_stay_pending_end_the_run_with_9_and_track_says_the_same() {
    let mut options = LIMITS.to_vec();
    options.extend(["--pending-share", "30%"]);
    let stage = Stage::new(100, &options);
    let (code, told) = finish(stage.connected(&run(&["--track-timeout", "3s"])));
    assert_eq!(code, 9, "{told}");
    let status = stage.status();
    let pending = status["counts"]["pending"].as_u64().expect("a number");
    assert!((5..80).contains(&pending), "{status}");
    let (code, told) = finish(stage.connected(&["track", "1", "--track-timeout", "1s"]));
    assert_eq!(code, 9, "{told}");
    assert_eq!(stage.truth().number("posts"), 100, "track sends nothing");
}

#[test]
fn actions_that_fail_end_the_run_with_4_and_retry_sends_only_those() {
    let mut options = LIMITS.to_vec();
    options.extend(["--fail-share", "20%"]);
    let stage = Stage::new(100, &options);
    let (code, told) = finish(stage.connected(&run(&[])));
    assert_eq!(code, 4, "{told}");
    let failed = stage.status()["counts"]["failed"].as_u64().expect("a number");
    assert!((5..50).contains(&failed));
    let (_, told) = finish(stage.connected(&["retry", "1", "--yes"]));
    assert_eq!(stage.truth().number("posts"), 100 + failed, "{told}");
}
