//! Several rows of one machine on their way into a batch.

use mde_offboard::domain::{Reason, RowTime};
use mde_offboard::journal::{Disagreement, Journal, NewMachine, Stage};

use super::setup::{at, comment, id, machine, new_batch, row};
use crate::support::batches::CreatePlanned as _;

fn time(text: &str) -> RowTime {
    RowTime::parse(text).unwrap()
}

/// A row of a machine, at a day of October.
fn of_day(number: u32, day: u32) -> NewMachine {
    let line = u64::from(day) * 100 + u64::from(number);
    NewMachine { line, at: Some(time(&format!("2026-10-{day:02}"))), ..row(number) }
}

#[test]
fn the_newest_row_stands_in_the_place_of_the_first() {
    let mut journal = Journal::in_memory().unwrap();
    let rows = [of_day(1, 5), of_day(2, 5), of_day(1, 7), of_day(1, 6), of_day(3, 1)];
    let outcomes: Vec<Stage> = rows.iter().map(|row| journal.stage(row).unwrap()).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Stage::Duplicate).count(), 2);
    let staged = journal.staged(None).unwrap();
    assert_eq!((staged.machines, staged.duplicates, staged.settled.disputed), (3, 2, 0));
    let batch = journal.create_planned(&new_batch(1), at(0)).unwrap();
    let lines: Vec<u64> = (1..=3).map(|number| machine(&journal, batch, number).line).collect();
    assert_eq!(lines, [701, 502, 103]);
}

#[test]
fn machines_that_are_not_of_the_batch_leave_no_gap() {
    let mut journal = Journal::in_memory().unwrap();
    for number in 1..=6 {
        journal.stage(&of_day(number, 5)).unwrap();
    }
    // 1: a newer row is not wanted. 2: an older one. 4: nobody knows. 9: none is wanted.
    for (number, day) in [(1, Some(6)), (2, Some(4)), (4, None), (9, Some(6))] {
        let at = day.map(|day| time(&format!("2026-10-{day:02}")));
        journal.stage_unwanted(id(number), (0, 900 + u64::from(number)), at).unwrap();
    }
    let staged = journal.staged(Some(&comment("gone"))).unwrap();
    assert_eq!((staged.machines, staged.settled.outdated, staged.settled.disputed), (4, 1, 1));
    let dispute = &staged.settled.disputes[0];
    assert_eq!(
        (dispute.id, dispute.rows, dispute.about),
        (id(4), [(0, 504), (0, 904)], Disagreement::Filter)
    );
    // The same content as a list of these four alone.
    let mut alone = Journal::in_memory().unwrap();
    for number in [2, 3, 5, 6] {
        alone.stage(&row(number)).unwrap();
    }
    assert_eq!(alone.staged(Some(&comment("gone"))).unwrap().content, staged.content);
    let batch = journal.create_planned(&new_batch(1), at(0)).unwrap();
    let ids: Vec<_> = (1..=4).map(|number| machine(&journal, batch, number).id).collect();
    assert_eq!(ids, [id(2), id(3), id(5), id(6)]);
    assert_eq!(journal.batch(batch).unwrap().unwrap().total, 4);
}

#[test]
fn what_becomes_of_a_machine_does_not_depend_on_the_order_of_its_rows() {
    let sold = NewMachine { comment: Some(comment("sold")), ..of_day(1, 4) };
    let renamed = NewMachine { name: Some("other".to_owned()), ..of_day(1, 5) };
    let ruled_out = NewMachine { skip: Some(Reason::NotOnboarded), ..of_day(1, 5) };
    let untimed = NewMachine { at: None, name: Some("third".to_owned()), ..row(1) };
    let cases = [
        (vec![of_day(1, 5), sold.clone(), of_day(1, 6)], (1, 0, 0)),
        (vec![of_day(1, 5), renamed.clone()], (0, 1, 0)),
        (vec![of_day(1, 5), renamed, of_day(1, 6)], (1, 0, 0)),
        (vec![of_day(1, 5), ruled_out.clone()], (1, 0, 1)),
        (vec![ruled_out, of_day(1, 6)], (1, 0, 0)),
        (vec![of_day(1, 5), untimed, of_day(1, 6)], (0, 1, 0)),
    ];
    for (rows, wanted) in cases {
        for turn in 0..rows.len() {
            let mut rows = rows.clone();
            rows.rotate_left(turn);
            for rows in [rows.clone(), rows.into_iter().rev().collect()] {
                let mut journal = Journal::in_memory().unwrap();
                for row in &rows {
                    journal.stage(row).unwrap();
                }
                let staged = journal.staged(None).unwrap();
                let skipped = staged.skipped.iter().map(|(_, count)| count).sum();
                let found = (staged.machines, staged.settled.disputed, skipped);
                assert_eq!(found, wanted, "{rows:?}");
            }
        }
    }
}
