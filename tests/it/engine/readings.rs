//! Readings of the inventory in a long run: that one after another comes, fails, or has no end.

use mde_offboard::domain::{
    End, InventoryMachine, Page, ReadAnswer, Reply, State, Trouble, Window,
};
use mde_offboard::engine::{Answered, Ask, Assignment, RunOptions, lift_guards};

use crate::support::machines::machine_id;
use crate::support::script::{Story, accept, detail, list, one_by_one, play_as};
use crate::support::world::{START, assignment, batch_of};

use super::second_looks::{MINUTE, UNREAD, inventory, left_alone, readings, record, run};

fn merged(index: u32) -> InventoryMachine {
    InventoryMachine { merged_into: Some(machine_id(999)), ..record(index) }
}

fn limited(window: &str) -> RunOptions {
    RunOptions { limits: vec![Window::parse(window).expect("a window")], ..one_by_one() }
}

#[test]
fn of_more_than_ten_that_changed_one_in_ten_is_not_too_many() {
    for (unchanged, end, alone) in [(98, End::Tripped, 10), (99, End::Settled, 11)] {
        // Ten that changed come first, and one comes last.
        let machines = 10 + unchanged + 1;
        let story = run(machines, &one_by_one(), UNREAD, |_| {
            let is_changed = |index: u32| index < 10 || index == 10 + unchanged;
            let of = |index| if is_changed(index) { merged(index) } else { record(index) };
            inventory((0..machines).map(of).collect())
        });
        assert_eq!(story.conclusion.end, end, "{unchanged} were sent before the eleventh");
        assert_eq!(left_alone(&story).len(), alone);
        assert_eq!(story.all_posts(), usize::try_from(unchanged).expect("a small number"));
    }
}

#[test]
fn a_machine_that_speaks_for_itself_again_by_the_next_reading_is_sent() {
    let story = run(40, &limited("1/1m"), UNREAD, |at| {
        let is_merged = |index| index == 20 && at < 10 * MINUTE;
        let of = |index| if is_merged(index) { merged(index) } else { record(index) };
        inventory((0..40).map(of).collect())
    });
    assert!(readings(&story).len() >= 2, "{:?}", readings(&story));
    assert_eq!(story.state(20), State::Succeeded, "{:?}", left_alone(&story));
    assert_eq!(story.all_posts(), 40);
}

#[test]
fn an_inventory_that_is_refused_for_a_while_ends_no_run_that_has_a_reading_to_go_by() {
    let fails = 10 * MINUTE..26 * MINUTE;
    let story = run(400, &limited("10/1m"), UNREAD, |at| {
        if !fails.contains(&at) {
            return inventory(Vec::new());
        }
        let what = ReadAnswer::Refused(detail(400, "BadRequest"));
        Answered::Machines(Reply { what, heard: true, server_date: None })
    });
    let failed = readings(&story).into_iter().filter(|at| fails.contains(at)).count();
    assert!(failed > 10, "as often as ends a run that needs it: {failed}");
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 400));
}

/// A page that links to another one, from a server that does not know `$skip`.
fn one_page_again() -> Answered {
    let items: Vec<InventoryMachine> = (0..3).map(record).collect();
    let page = Page { rows: items.len(), items, has_next: true };
    Answered::Machines(Reply { what: ReadAnswer::Read(page), heard: true, server_date: None })
}

#[test]
fn an_inventory_that_repeats_itself_is_read_from_its_start_once_more() {
    let mut pages = 0;
    let story = run(3, &RunOptions::default(), UNREAD, |_| {
        pages += 1;
        if pages < 3 { one_page_again() } else { inventory((0..3).map(record).collect()) }
    });
    let skip = |ask: &Ask| if let Ask::Machines { skip } = ask { Some(*skip) } else { None };
    let skips: Vec<usize> = story.asked.iter().filter_map(|(_, ask)| skip(ask)).collect();
    assert_eq!(skips, [0, 3, 0]);
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 3));
}

#[test]
fn an_inventory_that_repeats_itself_ends_the_run_before_anything_is_sent() {
    let story = run(3, &RunOptions::default(), UNREAD, |_| one_page_again());
    assert_eq!(story.conclusion.end, End::Tripped);
    let why = story.conclusion.why.as_deref().unwrap_or_default();
    assert!(why.ends_with("it repeats itself or has no end (HTTP 200)"), "{why}");
    assert_eq!(readings(&story).len(), 20, "ten readings, each of two pages");
    assert_eq!(story.all_posts(), 0);
}

#[test]
fn the_next_reading_of_several_pages_is_not_taken_for_a_list_that_repeats_itself() {
    let mut skips = Vec::new();
    let options = limited("1/1m");
    let (journal, batch) = batch_of(20, &options);
    let assignment = Assignment { second_look: Some(UNREAD), ..assignment(batch, &options) };
    let story = play_as(journal, assignment, |_, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { skip } => {
            skips.push(*skip);
            let first = u32::try_from(*skip).expect("few");
            let items: Vec<InventoryMachine> = (first..first + 5).map(record).collect();
            let page = Page { rows: items.len(), items, has_next: first < 15 };
            let what = ReadAnswer::Read(page);
            Answered::Machines(Reply { what, heard: true, server_date: None })
        }
        _ => list(Vec::new()),
    });
    assert_eq!(skips, [0, 5, 10, 15, 0, 5, 10, 15], "a quarter of an hour later");
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 20));
}

/// Each failure counts from the first one since the inventory was read.
#[test]
fn a_reading_that_failed_long_ago_does_not_shorten_the_patience_with_a_later_one() {
    let options = RunOptions { offline_timeout: Some(40 * MINUTE), ..limited("10/10m") };
    let fails = 60 * MINUTE..95 * MINUTE;
    let mut first = true;
    let story = run(200, &options, UNREAD, |at| {
        if std::mem::take(&mut first) || fails.contains(&at) {
            let trouble = Trouble::Unreadable(detail(503, "ServiceUnavailable"));
            let what = ReadAnswer::Trouble(trouble);
            return Answered::Machines(Reply { what, heard: true, server_date: None });
        }
        inventory((0..200).map(record).collect())
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 200));
}

#[test]
fn machines_after_many_that_are_left_alone_are_sent_in_their_turn() {
    let options = RunOptions::default();
    let says = || {
        let of = |index: u32| if index < 600 { merged(index) } else { record(index) };
        inventory((0..650).map(of).collect())
    };
    let story = run(650, &options, UNREAD, |_| says());
    assert_eq!(story.conclusion.end, End::Tripped);
    let Story { mut journal, batch, .. } = story;
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    let assignment = Assignment { second_look: Some(UNREAD), ..assignment(batch, &options) };
    let story = play_as(journal, assignment, |_, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { .. } => says(),
        _ => list(Vec::new()),
    });
    assert_eq!((story.conclusion.end, story.all_posts()), (End::Settled, 50));
}
