//! What must hold in the end, whatever happened before: simulator and journal side by side.

use std::collections::BTreeMap;

use mde_offboard::domain::{BatchId, Counts, State};
use mde_offboard::journal::{Filter, Journal};

use crate::support::desk::Desk;
use crate::support::program::Said;
use crate::support::simulator::made;

/// The one batch of a desk.
const BATCH: BatchId = BatchId(1);

/// More often than this a run that may go on has not to be started.
const STARTS_MAX: u32 = 5;

/// Resumes until nothing is left to send, and gives back what was said at last.
pub(crate) fn to_the_end(desk: &Desk, options: &str, seed: u64) -> Said {
    for _ in 0..STARTS_MAX {
        let said = desk.run(&format!("resume 1 --yes {options}"));
        if counts(desk).to_send_or_look_up() == 0 {
            return said;
        }
    }
    panic!("seed {seed}: still something to send: {}", desk.status());
}

/// The counts of the batch, read from the file.
pub(crate) fn counts(desk: &Desk) -> Counts {
    let journal = Journal::open_reader(&desk.fleet_journal()).expect("a journal");
    journal.counts(BATCH).expect("its counts")
}

/// No machine was offboarded twice, every effect stands under its machine, the states add up, and
/// the file is what its facts say.
pub(crate) fn check(desk: &Desk, machines: u64, seed: u64) -> Counts {
    desk.truth().check_never_twice(seed);
    let journal = Journal::open_reader(&desk.fleet_journal()).expect("a journal");
    let mut recorded = BTreeMap::new();
    let each = journal.each_machine(BATCH, &Filter::default(), |machine| {
        if let Some(action) = &machine.standing.action {
            recorded.insert(machine.id.to_string(), action.as_str().to_owned());
        }
    });
    each.expect("every machine can be read");
    let done: BTreeMap<String, String> =
        made(desk.url()).into_iter().map(|(action, machine)| (machine, action)).collect();
    assert_eq!(recorded, done, "seed {seed}: what is recorded, and what was done");
    let counts = journal.counts(BATCH).expect("its counts");
    let done = u64::try_from(done.len()).expect("few");
    assert_eq!(counts.total(), machines, "seed {seed}: {counts:?}");
    assert_eq!(counts.of(State::Succeeded), done, "seed {seed}: {counts:?}");
    let without = counts.of(State::Held) + counts.of(State::Rejected);
    assert_eq!(done + without, machines, "seed {seed}: {counts:?}");
    journal.verify_rows(BATCH).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    journal.verify_chain().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    counts
}

/// Every machine with an action was marked as sent before: no request left ahead of its intent. Not
/// so where an older copy of the journal was put back.
pub(crate) fn check_intents(desk: &Desk, seed: u64) {
    let journal = Journal::open_reader(&desk.fleet_journal()).expect("a journal");
    let each = journal.each_machine(BATCH, &Filter::default(), |machine| {
        let standing = &machine.standing;
        let sent = standing.action.is_none() || standing.attempts > 0;
        assert!(sent, "seed {seed}: {} has an action and was never sent", machine.id);
    });
    each.expect("every machine can be read");
}

/// How often to do something that is done this often by default; a variable asks for more.
pub(crate) fn times(variable: &str, default: u64) -> u64 {
    let asked = std::env::var(variable).ok();
    asked.map_or(default, |text| text.parse().expect("a number"))
}
