//! `track` whose lists cannot be read, or not yet: one truth on the screen, and every wait with its
//! end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mde_offboard::engine::Clock;

use crate::support::desk::Desk;
use crate::support::program::{Said, kill};

use super::scripted::{Reply, machine_of, scripted};

/// A desk whose batch is sent and pending, and beside it a Defender whose lists are answered so
/// from now on.
fn sent(answer: fn() -> Reply) -> Desk {
    let is_sent = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_sent);
    let desk = scripted(3, move |line| {
        if line.starts_with("POST") {
            let id = machine_of(line).expect("a machine");
            return Reply::json(
                201,
                format!(
                    r#"{{"id":"{}-0000-4000-8000-000000000001","type":"Offboard",
                    "status":"Pending","machineId":"{id}","creationDateTimeUtc":"{}"}}"#,
                    &id[32..],
                    Clock::new().now().wall
                ),
            );
        }
        if seen.load(Ordering::Relaxed) { answer() } else { Reply::json(200, r#"{"value":[]}"#) }
    });
    let run = "run fleet.csv --comment x --yes --track-timeout 0 --progress none";
    desk.run(run).ends_with(9);
    is_sent.store(true, Ordering::Relaxed);
    desk
}

fn broken() -> Reply {
    Reply::error(500, "InternalServerError", "not now")
}

fn forbidden() -> Reply {
    Reply::error(403, "Forbidden", "roles are missing")
}

fn in_an_hour() -> Reply {
    let Reply(status, _, body) = Reply::error(429, "TooManyRequests", "quota of reads is used up");
    Reply(status, "Content-Type: application/json\r\nRetry-After: 3600\r\n", body)
}

/// What `track` says, which ends with 9.
fn track(answer: fn() -> Reply, more: &str) -> Said {
    sent(answer).run_briefly(&format!("track --progress plain {more}")).ends_with(9)
}

#[test]
fn a_track_that_could_read_no_list_claims_nothing_of_the_machines() {
    for more in ["--track-timeout 2s", "--track-timeout 0"] {
        let said = track(broken, more);
        said.never_says("nothing failed").never_says("switched off").says_all(&[
            "Everything is sent. It is not known yet what became of 3 actions.",
            "pending   mde-offboard track 1   asks Defender what became of them",
            "Defender's list of actions could not be read, so it is not known",
            "not now (InternalServerError, HTTP 500)",
        ]);
    }
}

#[test]
fn a_track_without_access_claims_nothing_either() {
    let desk = sent(forbidden);
    desk.run("track --progress none").ends_with(6).never_says("nothing failed").says_all(&[
        "It is not known yet what became of 3 actions.",
        "Defender refused the permission to read its lists",
    ]);
}

#[test]
fn a_pause_of_lists_names_the_end_of_following_and_does_not_outlast_it() {
    for more in ["--track-timeout 2s", "--track-timeout 0"] {
        let said = track(in_an_hour, more);
        said.says("waiting=retry_after").says("quota of reads is used up");
    }
    let desk = sent(in_an_hour);
    let mut waiting = desk.start_quietly("track --track-timeout 10m");
    let status = desk.wait_for("status --json", |status| status["waiting"].is_object());
    assert_eq!(status["waiting"]["reason"], "retry_after");
    let said = desk.run("status").ends_with(0);
    said.says("Defender asked for a pause of lists until ").says("(429), giving up ");
    kill(&mut waiting);
}
