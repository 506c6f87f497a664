//! A journal that is lost does not cost a machine a second request.

use crate::support::desk::Desk;

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
