//! The tenant's inventory is read again while a batch is sent: what changed since the last reading.

use std::time::Duration;

use mde_offboard::domain::{
    Answer, DayHours, End, InventoryMachine, OpeningHours, Page, ReadAnswer, Reason, Reply, Window,
};
use mde_offboard::engine::{Answered, Ask, Assignment, RunOptions, SecondLook};

use crate::support::machines::machine_id;
use crate::support::script::{Story, accept, detail, list, play_as, submitted};
use crate::support::world::{START, assignment, batch_of};

use super::second_looks::{UNREAD, inventory, left_alone, readings, record};

const MINUTE: Duration = Duration::from_mins(1);

fn run(
    machines: u32,
    options: &RunOptions,
    look: SecondLook,
    script: impl FnMut(Duration, &Ask) -> Answered,
) -> Story {
    let (journal, batch) = batch_of(machines, options);
    let assignment = Assignment { second_look: Some(look), ..assignment(batch, options) };
    play_as(journal, assignment, script)
}

fn limited(limit: &str) -> RunOptions {
    let limits = vec![Window::parse(limit).expect("a limit")];
    RunOptions { limits, ..RunOptions::default() }
}

/// The inventory of four machines, of which this one was merged.
fn merged(index: Option<u32>) -> Answered {
    let machine = |at: u32| {
        let merged_into = (index == Some(at)).then(|| machine_id(99));
        InventoryMachine { merged_into, ..record(at) }
    };
    inventory((0..4).map(machine).collect())
}

#[test]
fn what_speaks_no_longer_against_a_machine_does_not_keep_it_from_being_sent() {
    let mut readings = 0;
    let story = run(4, &limited("1/20m"), UNREAD, |_, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { .. } => {
            readings += 1;
            merged((readings == 1).then_some(3))
        }
        _ => list(Vec::new()),
    });
    assert!(readings > 1);
    assert_eq!((left_alone(&story), story.all_posts()), (vec![], 4));
}

#[test]
fn a_machine_that_changed_while_it_waits_for_another_try_is_left_alone_and_no_other_one() {
    // A retry after 404 comes a fifth of the settle time later, the inventory before it.
    let options = RunOptions { settle: 120 * MINUTE, ..limited("1/16m") };
    let look = SecondLook { read_at: Some(START) };
    let story = run(3, &options, look, |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => {
            submitted(Answer::Absent(detail(404, "ResourceNotFound")))
        }
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { .. } => merged(Some(0)),
        _ => list(Vec::new()),
    });
    assert_eq!(left_alone(&story), [(machine_id(0), Reason::Merged)]);
    assert_eq!([0, 1, 2].map(|index| story.posts(index).len()), [1, 1, 1]);
}

#[test]
fn a_later_reading_brings_the_same_machines_over_several_pages_again() {
    let mut skips = Vec::new();
    let story = run(25, &limited("10/20m"), UNREAD, |_, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { skip } => {
            skips.push(*skip);
            let items = vec![record(u32::try_from(*skip).expect("few"))];
            let page = Page { rows: 1, items, has_next: *skip < 2 };
            Answered::Machines(Reply {
                what: ReadAnswer::Read(page),
                heard: true,
                server_date: None,
            })
        }
        _ => list(Vec::new()),
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 25));
    assert!(skips.len() > 5, "{skips:?}");
    assert!(skips.chunks(3).all(|pages| [0, 1, 2].starts_with(pages)), "{skips:?}");
}

#[test]
fn outside_its_hours_a_run_reads_no_inventory() {
    // The tests begin at 17:40Z.
    let between = Some(DayHours::parse("22:00-06:00", "UTC").expect("hours"));
    let hours = OpeningHours { between, ..OpeningHours::default() };
    let story =
        run(4, &RunOptions { hours, ..RunOptions::default() }, UNREAD, |_, ask| match ask {
            Ask::Submit { .. } => accept(ask),
            Ask::Machines { .. } => merged(None),
            _ => list(Vec::new()),
        });
    assert_eq!(story.all_posts(), 4);
    assert_eq!(readings(&story), [260 * MINUTE]);
}
