//! The table of 100,000 machines: found, sorted and turned over while a person waits for it.

use std::time::Duration;

use crate::numbers::rows;
use crate::support::chromium::Browser;
use crate::support::desk::serve;
use crate::support::journal::Truth;
use crate::support::large::{MACHINES, large};
use crate::support::page::{Page, quoted};

/// The wanted times, which `benches/dashboard.rs` measures on a quiet computer.
const PAGE_WANTED: Duration = Duration::from_secs(1);
const SEARCH_WANTED: Duration = Duration::from_millis(200);

/// What a test allows of them: others may use the computer.
const ALLOWANCE: u32 = 5;

const TRIES: usize = 5;

/// The middle one of some times.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[track_caller]
fn check_time(what: &str, times: Vec<Duration>, wanted: Duration) {
    let took = median(times);
    println!("{what}: {took:?} (wanted: {wanted:?})");
    assert!(took < wanted * ALLOWANCE, "{what} takes {took:?}, wanted: {wanted:?}");
}

/// Types a text into the search field, sends it with Enter, and waits for its rows.
#[track_caller]
fn search(page: &Page<'_>, text: &str, count: &str) -> Duration {
    let field = "document.getElementById('machine-text')";
    page.value(&format!("{field}.focus(); {field}.value = ''; true"));
    page.write(text);
    page.press("Enter");
    let told = "document.getElementById('machine-count')?.textContent ?? ''";
    page.wait_for(count, &format!("({told}).includes({})", quoted(count)))
}

#[test]
fn a_hundred_thousand_machines_load_and_answer_while_a_person_waits() {
    let folder = large();
    let truth = Truth::of(&folder.join("j.db"));
    assert_eq!(truth.number("SELECT COUNT(*) FROM machines WHERE batch = 1", []), MACHINES);
    let served = serve(folder, "serve --journal j.db --simulate");
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    assert!(page.text("#machine-count").contains("of 100,000 machines"));
    check_time("the page", (0..TRIES).map(|_| page.go(&served.url)).collect(), PAGE_WANTED);
    let mut times = Vec::new();
    let code = truth.texts("SELECT MAX(code) FROM machines WHERE batch = 1", []);
    for text in ["srv-ber", "phone", "0000", "pc-zrh-1", &code[0]] {
        let sql = "SELECT COUNT(*) FROM machines WHERE batch = 1
                   AND (name LIKE ?1 OR HEX(machine_id) LIKE ?1 OR code LIKE ?1)";
        let found = truth.number(sql, [format!("%{text}%")]);
        assert!(found > 0, "{text}");
        times.push(search(&page, text, &format!("of {} that match", thousands(found))));
    }
    check_time("a search", times, SEARCH_WANTED);
    page.check_quiet();
}

#[test]
fn a_hundred_thousand_machines_are_sorted_as_the_journal_sorts_them() {
    let folder = large();
    let truth = Truth::of(&folder.join("j.db"));
    let served = serve(folder, "serve --journal j.db --simulate");
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    let sql = "SELECT LOWER(HEX(machine_id)) FROM machines WHERE batch = 1
               ORDER BY machine_id LIMIT 3";
    let expected = truth.texts(sql, []);
    let mut times = Vec::new();
    for direction in ["ascending", "descending"] {
        let head = "#machine-table thead th:has(a[id^='sort-id'])";
        page.value(&format!("document.querySelector(\"{head} a\").click(); true"));
        let sorted = format!(
            "document.querySelector(\"{head}\")?.getAttribute('aria-sort') === '{direction}'"
        );
        times.push(page.wait_for(direction, &sorted));
        if direction == "ascending" {
            let rows = rows(&page, "#machine-table");
            let first: Vec<&String> = rows.iter().take(3).map(|row| &row[2]).collect();
            assert_eq!(first, expected.iter().collect::<Vec<_>>());
        }
    }
    check_time("a sort", times, SEARCH_WANTED);
    page.value("document.getElementById('page-next').click(); true");
    page.wait_for_words("#machine-count", "51 to 100 of 100,000");
    page.check_quiet();
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
