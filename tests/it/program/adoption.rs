//! A journal that is lost, or actions that Defender has forgotten, do not cost a machine a second
//! request.

use mde_offboard::engine::Clock;

use crate::support::desk::Desk;
use crate::support::machines::list;

use super::scripted::{Reply, machine_of, scripted};

const MACHINES: u64 = 12;
const RUN: &str = "run fleet.csv --comment Retired --yes --settle 1s --poll-interval 200ms";

#[test]
fn the_same_list_after_the_journal_was_deleted_adopts_what_was_done_and_posts_nothing() {
    let machines = usize::try_from(MACHINES).expect("few");
    // Some actions have succeeded, and the others wait for machines that are switched off.
    let desk = Desk::with_fleet(machines, "--pending-share 50%");
    let first = desk.run(&format!("{RUN} --track-timeout 2s"));
    assert!(matches!(first.code, Some(0 | 9)), "{first}");
    let before = desk.status()["counts"].clone();
    assert_eq!(desk.posts(), MACHINES);
    for ending in ["", "-wal", "-shm", ".lock"] {
        drop(std::fs::remove_file(desk.path(&format!("journal.db{ending}"))));
    }
    desk.run(&format!("{RUN} --track-timeout 2s"));
    assert_eq!(desk.posts(), MACHINES, "no further request");
    let after = desk.status()["counts"].clone();
    let ours = |counts: &serde_json::Value, state: &str| counts[state].as_u64().expect("a count");
    for counts in [&before, &after] {
        let adopted = ours(counts, "pending") + ours(counts, "succeeded");
        assert_eq!(adopted, MACHINES, "{counts}");
    }
    assert!(ours(&after, "succeeded") > 0 && ours(&after, "pending") > 0, "{after}");
    desk.truth().check_never_twice(0);
    desk.run("audit verify").ends_with(0);
}

#[test]
fn what_only_the_journal_knows_to_be_offboarded_is_left_alone_with_that_reason() {
    let desk = scripted(2, |line| {
        if !line.starts_with("POST") {
            // Defender has forgotten its actions, as it may after some weeks.
            return Reply::json(200, r#"{"value":[]}"#);
        }
        let id = machine_of(line).expect("a machine");
        Reply::json(
            201,
            format!(
                r#"{{"id":"{}-0000-4000-8000-000000000001","type":"Offboard","status":"Succeeded",
                "machineId":"{id}","creationDateTimeUtc":"{}"}}"#,
                &id[32..],
                Clock::new().now().wall
            ),
        )
    });
    desk.file("one.csv", list(1));
    desk.run("run one.csv --comment x --yes --progress none").ends_with(0);
    desk.run("run fleet.csv --comment x --yes --progress none").ends_with(0);
    let report = desk.run("report 2 --format json").ends_with(0).json();
    let first = &report["machines"][0];
    assert_eq!(
        (&first["state"], &first["reason"]),
        (&"skipped".into(), &"already_succeeded".into())
    );
    assert_eq!(report["machines"][1]["state"], "succeeded");
}
