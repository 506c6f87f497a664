//! Rehearsals with which tests of several topics begin.

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Said;

/// `run` up to the last question: it tells how many it would send, and ends.
pub(super) const TOO_MANY: &str =
    "run --comment x --simulate --fleet ordinary --yes --expect-count 999999";

/// A desk with a rehearsal of thirty machines.
pub(super) fn rehearsed() -> Desk {
    let desk = Desk::with_file("a.csv", list(30));
    desk.run(
        "run a.csv --comment Trial --simulate --yes --track-timeout 0 --progress none \
              --on not_found=send",
    );
    desk
}

/// A list that is refused; nothing is queued.
#[track_caller]
pub(super) fn refused(desk: &Desk, words: &str) -> Said {
    let said = desk.run(&format!("{TOO_MANY} {words}")).ends_with(3);
    desk.check_nothing_queued("simulation.db");
    said
}
