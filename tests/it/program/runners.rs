//! Two runners and one journal.

use std::process::Child;

use mde_offboard::journal::Journal;

use crate::support::desk::Desk;
use crate::support::program::{Said, kill};
use crate::support::waiting::wait_until;

const LIMITS: &str = "--limit 100/1s --limit 200/6s";

/// More than two of the long windows hold: the last are sent in the thirteenth second, so that all
/// here happens beside a runner, also on a busy computer.
const MACHINES: usize = 420;

/// A batch whose first runner was killed early.
fn interrupted() -> Desk {
    let desk = Desk::with_fleet(MACHINES, LIMITS);
    let mut child = desk.start(&format!(
        "run fleet.csv --comment Retired --yes --settle 500ms {LIMITS} --poll-interval 300ms"
    ));
    desk.wait_for_posts(1, &mut child);
    kill(&mut child);
    desk
}

/// Who has the journal, or had it last.
fn runner(desk: &Desk) -> Option<u32> {
    let journal = Journal::open_reader(&desk.fleet_journal()).expect("a journal");
    journal.runner().expect("readable").map(|view| view.runner.pid)
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Child, Said, interrupted, runner, wait_until};

    #[test]
    fn of_two_that_resume_at_once_one_sends_and_the_other_is_kept_out() {
        let desk = interrupted();
        let mut children = [desk.start("resume 1"), desk.start("resume 1")];
        let mut first = None;
        wait_until("one is kept out", || {
            let ended = |child: &mut Child| child.try_wait().expect("ours").is_some();
            first = children.iter_mut().position(ended);
            first.is_some()
        });
        let [left, right] = children;
        let (kept_out, sending) = if first == Some(0) { (left, right) } else { (right, left) };
        let process = sending.id();
        Said::by(kept_out).ends_with(8).says("is in use");

        wait_until("the other shows itself", || runner(&desk) == Some(process));
        desk.run("resume 1").ends_with(8).says(&format!("process {process} of"));

        let sent = Said::by(sending);
        assert!(matches!(sent.code, Some(0 | 5)), "{sent}");
        let truth = desk.truth();
        truth.check_never_twice(0);
        truth.check_windows();
        truth.check_none_refused();
    }
}
