//! The numbers of page and report are those of the journal.

use std::collections::BTreeMap;

use crate::support::chromium::Browser;
use crate::support::desk::Desk;
use crate::support::journal::{Truth, number_in};
use crate::support::page::Page;

const MACHINES: u32 = 400;

/// The rows of a table, as the texts of their cells.
#[track_caller]
pub(crate) fn rows(page: &Page<'_>, selector: &str) -> Vec<Vec<String>> {
    let quoted = serde_json::Value::from(format!("{selector} tbody tr"));
    let all = page.value(&format!(
        "Array.from(document.querySelectorAll({quoted}), (row) =>
           Array.from(row.cells, (cell) => cell.textContent.trim().replace(/\\s+/g, ' ')))"
    ));
    serde_json::from_value(all).expect("a table")
}

/// The table beside the chart of states, as numbers.
#[track_caller]
pub(crate) fn states(page: &Page<'_>, section: &str) -> BTreeMap<String, u64> {
    let rows = rows(page, &format!("{section} table"));
    rows.into_iter().map(|row| (row[0].clone(), number_in(&row[1]))).collect()
}

/// For each code that is told, as many machines have it in the journal.
#[track_caller]
fn check_errors(page: &Page<'_>, section: &str, truth: &Truth) {
    let rows = rows(page, &format!("{section} table"));
    assert!(!rows.is_empty(), "no errors are told");
    let sql = "SELECT COUNT(*) FROM machines WHERE batch = 1 AND code = ?1
               AND state IN ('failed', 'timed_out', 'cancelled', 'rejected', 'held')";
    let mut compared = 0;
    for row in rows {
        let is_number = |cell: &&String| cell.chars().all(|c| c.is_ascii_digit() || c == ',');
        let told = row.iter().find(is_number).unwrap_or_else(|| panic!("no number in {row:?}"));
        for cell in &row {
            let machines = truth.number(sql, [cell]);
            if machines > 0 {
                assert_eq!(number_in(told), machines, "{row:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 0, "no code of the journal is told");
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_journal() {
    let desk = Desk::with_batch(MACHINES);
    let truth = Truth::of(&desk.path("j.db"));
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    let expected = truth.states();
    assert!(expected.len() > 3, "{expected:?}");
    assert_eq!(states(&page, "#states"), expected);
    check_errors(&page, "#errors", &truth);
    let told = page.text("#machine-count");
    let total: u64 = expected.values().sum();
    assert!(told.contains(&format!("of {total} machines")), "{told}");
    page.check_quiet();
}

#[test]
fn the_numbers_of_the_report_are_those_of_the_journal() {
    let desk = Desk::with_batch(MACHINES);
    let truth = Truth::of(&desk.path("j.db"));
    let browser = Browser::start();
    let page = Page::open(&browser, &desk.report());
    assert_eq!(states(&page, "section.states"), truth.states());
    check_errors(&page, "section.errors", &truth);
    let ids = page.texts("table.machines tbody th code");
    let rows = rows(&page, "table.machines");
    assert_eq!(ids.len(), rows.len());
    let word = |row: &[String]| row[1].split(" (").next().unwrap_or_default().to_owned();
    let told: BTreeMap<String, String> =
        ids.into_iter().zip(rows.iter().map(|row| word(row))).collect();
    assert_eq!(told, truth.machines());
    page.check_quiet();
}
