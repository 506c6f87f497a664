//! What the system says of the time since the computer was started: on Linux and Windows.
#![cfg(any(target_os = "linux", windows))]

use mde_offboard::domain::{BootTime, LimitGroup};
use mde_offboard::engine::Clock;
use mde_offboard::journal::Journal;

use crate::support::desk::Desk;

#[tokio::main(flavor = "current_thread")]
async fn boot_time() -> BootTime {
    Clock::new().now().boot.expect("this system tells")
}

/// Receipts of the calls of a process that has ended.
fn receipts(desk: &Desk) -> Vec<BootTime> {
    let journal = Journal::open_reader(&desk.fleet_journal()).expect("a journal");
    let batch = journal.batches().expect("readable").pop().expect("a batch");
    let history = journal.history_in(&batch.tenant, 100).expect("readable");
    let calls = history.calls.iter().filter(|call| call.group == LimitGroup::Posts);
    calls.map(|call| call.receipt.expect("answered").boot.expect("this system tells")).collect()
}

#[test]
fn processes_of_one_start_of_the_computer_agree_about_the_time_since_then() {
    let desk = Desk::with_fleet(3, "");
    let before = boot_time();
    desk.run("run fleet.csv --comment x --yes").ends_with(0);
    let after = boot_time();
    assert_eq!(before.boot, after.boot);
    let receipts = receipts(&desk);
    assert_eq!(receipts.len(), 3);
    for receipt in receipts {
        assert_eq!(receipt.boot, before.boot, "the other process ran in the same start");
        assert!((before.since..=after.since).contains(&receipt.since), "{before:?} {receipt:?}");
    }
}
