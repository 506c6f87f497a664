//! `--metrics-file`, as a collector would read it at any moment.

use std::fs;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Said, kill};
use crate::support::prometheus::{Series, parse};
use crate::support::waiting::wait_until;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 1s --poll-interval \
                   200ms --track-timeout 1s --metrics-file node.prom";

fn read(desk: &Desk) -> Series {
    parse(&desk.text("node.prom"))
}

#[track_caller]
fn value(series: &Series, name: &str, labels: &str) -> f64 {
    let more = if labels.is_empty() { String::new() } else { format!(",{labels}") };
    let key = format!("mde_offboard_{name}{{batch=\"1\"{more}}}");
    *series.get(&key).unwrap_or_else(|| panic!("no {key} in {series:#?}"))
}

/// Seconds since 1970 of an instant in a document.
fn seconds(text: &str) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far from 2^53")]
    let millis = text.parse::<jiff::Timestamp>().unwrap().as_millisecond() as f64;
    millis / 1e3
}

#[test]
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
fn a_run_that_ended_left_what_the_journal_says() {
    let desk = Desk::with_fleet(7, "--limit 1000/1s");
    desk.run(&format!("{RUN} --limit 1000/1s"));
    let (series, status) = (read(&desk), desk.status());
    let began = status["batch"]["created_at"].as_str().unwrap();
    for (state, machines) in status["counts"].as_object().unwrap() {
        let told = value(&series, "machines", &format!("state=\"{state}\""));
        assert_eq!(told, machines.as_f64().unwrap(), "{state}");
    }
    assert_eq!(value(&series, "attempts_total", ""), 7.0);
    assert_eq!(value(&series, "rate_limited_total", ""), 0.0);
    assert_eq!(value(&series, "window_limit", "window=\"1000/1s\""), 1000.0);
    assert!(value(&series, "window_used", "window=\"1000/1s\"") <= 7.0);
    let end = value(&series, "end_timestamp_seconds", "");
    assert!(end >= seconds(began) && end == value(&series, "heartbeat_timestamp_seconds", ""));
    let last = value(&series, "last_request_timestamp_seconds", "");
    assert!(last >= seconds(began) && last <= end, "{last}");
    let reasons = series.iter().filter(|(key, _)| key.starts_with("mde_offboard_waiting{"));
    assert_eq!(
        reasons.map(|(_, value)| *value).fold((0, 0.0), |(n, sum), v| (n + 1, sum + v)),
        (9, 0.0)
    );
    let ended = series.keys().filter(|key| key.starts_with("mde_offboard_end{")).count();
    assert_eq!(ended, 1);
    let left = desk.files().into_iter().filter(|(name, _)| name.contains(".part")).count();
    assert_eq!(left, 0);
}

#[test]
#[cfg(unix)]
fn every_user_can_read_it_under_any_umask_and_what_is_there_of_ours_is_replaced() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let desk = Desk::with_fleet(2, "");
    desk.shell(&format!("umask 077; exec \"$0\" {RUN}"));
    let mode = fs::metadata(desk.path("node.prom")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let before = fs::metadata(desk.path("node.prom")).unwrap();
    desk.run("track 1 --progress none --track-timeout 1s --metrics-file node.prom");
    let after = fs::metadata(desk.path("node.prom")).unwrap();
    assert!(before.ino() != after.ino() || before.mtime_nsec() != after.mtime_nsec());
    read(&desk);
}

#[test]
#[expect(clippy::float_cmp, reason = "0 and 1 are exact")]
fn a_run_that_was_killed_has_not_ended_and_its_heartbeat_stands_still() {
    let desk = Desk::with_fleet(500, "--limit 10/1s");
    let mut run = desk.start(&format!("{RUN} --limit 10/1s"));
    wait_until("there is a file", || desk.path("node.prom").exists());
    kill(&mut run);
    let series = read(&desk);
    assert_eq!(value(&series, "end_timestamp_seconds", ""), 0.0);
    assert!(value(&series, "heartbeat_timestamp_seconds", "") > 0.0);
    assert!(!series.keys().any(|key| key.starts_with("mde_offboard_end{")));
}

#[test]
#[cfg(unix)]
fn a_file_that_cannot_be_written_is_told_once_and_stops_nothing() {
    let desk = Desk::with_fleet(120, "--limit 40/1s");
    fs::create_dir(desk.path("metrics")).unwrap();
    let words = RUN.replace("node.prom", "metrics/node.prom");
    let run = desk.start(&format!("{words} --limit 40/1s"));
    wait_until("there is a file", || desk.path("metrics/node.prom").exists());
    fs::remove_dir_all(desk.path("metrics")).unwrap();
    let said = Said::by(run);
    assert_eq!(desk.posts(), 120, "{said}");
    assert!(!matches!(said.code, Some(1 | 2)), "{said}");
    assert_eq!(said.err.matches("metrics could not be written").count(), 1, "{said}");
    // What the system says decides what to check.
    said.says("the run is not affected; check that its folder is still there");
}

#[test]
fn what_must_not_be_replaced_is_refused_before_anything_is_queued() {
    let desk = Desk::with_file("fleet.csv", list(2));
    desk.file("notes.txt", "my notes\n").file("events", "");
    for (name, says) in [
        ("fleet.csv", "which is read"),
        ("j.db", "the journal"),
        ("j.db-wal", "of the journal"),
        ("notes.txt", "--force"),
        ("events", "the file of --events"),
        ("missing/node.prom", "cannot be written"),
        #[cfg(unix)]
        ("/dev/stdout", "not a regular file"),
    ] {
        let words = RUN.replace("node.prom", name);
        let said = desk.run(&format!("{words} --simulate --journal j.db --events events"));
        let said = said.ends_with(2).says(says).says("--metrics-file").says("hint: ");
        said.never_says("or /dev/stdout");
        assert!(!desk.path("j.db").exists(), "{name}");
    }
}
