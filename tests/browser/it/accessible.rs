//! No page has a serious fault for those who read it otherwise, in light, in dark, and on a phone.

use crate::support::chromium::Browser;
use crate::support::desk::Desk;
use crate::support::page::{Page, Scheme, Size};

/// Cells whose text runs into the next one, and heads of columns that are broken within a word.
const UNREADABLE: &str = r#"(() => {
  const lines = (it) => {
    const range = document.createRange();
    range.selectNodeContents(it);
    return new Set([...range.getClientRects()].map((one) => Math.round(one.bottom))).size;
  };
  const found = [];
  for (const it of document.querySelectorAll("td, th, dt, dd")) {
    const text = it.textContent.trim();
    if (it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 1) {
      found.push(`runs into the next one: ${text}`);
    }
    if (it.matches("thead th") && !/\s/.test(text) && lines(it) > 1) {
      found.push(`broken within a word: ${text}`);
    }
  }
  return found.slice(0, 9);
})()"#;

/// In both schemes and both sizes: nothing serious, nothing beyond the window's edge, and no text
/// that cannot be read.
#[track_caller]
fn check(what: &str, browser: &Browser, url: &str) {
    let page = Page::open(browser, url);
    page.value("document.querySelectorAll('details').forEach((it) => { it.open = true; })");
    let mut faults = Vec::new();
    for scheme in Scheme::BOTH {
        page.prefer(scheme);
        for size in [Size::DESK, Size::PHONE] {
            page.resize(size);
            let at = format!("{what}, {}, {} pixels", scheme.word(), size.width);
            let found = page.serious_faults();
            faults.extend(found.into_iter().map(|fault| format!("{at}: {fault}")));
            let wide = page.value("document.documentElement.scrollWidth");
            if wide.as_u64() > Some(size.width.into()) {
                faults.push(format!("{at}: it is {wide} pixels wide"));
            }
            let found = page.value(UNREADABLE);
            let texts = found.as_array().expect("a list").iter();
            faults.extend(texts.map(|text| format!("{at}: {text}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    page.check_quiet();
}

#[test]
fn the_dashboard_its_table_and_a_story_can_be_read_by_everybody() {
    let desk = Desk::with_batch(300);
    let served = desk.serve();
    let browser = Browser::start();
    check("the dashboard", &browser, &served.url);
    check("the table", &browser, &format!("{}?q=pc-&sort=name#machines", served.url));
    check("all batches", &browser, &format!("{}batches/", served.url));
    check("a table without rows", &browser, &format!("{}?q=nothing-has-this", served.url));
    let page = Page::open(&browser, &served.url);
    let story = page.value("document.querySelector('#machine-table tbody a').href");
    check("a story", &browser, story.as_str().expect("an address"));
}

#[test]
fn a_dashboard_without_a_journal_can_be_read_by_everybody() {
    let desk = Desk::new();
    let served = desk.serve();
    let browser = Browser::start();
    check("a dashboard without a journal", &browser, &served.url);
}

#[test]
fn the_overview_of_several_journals_can_be_read_by_everybody() {
    let desk = Desk::with_batch(300);
    std::fs::copy(desk.path("j.db"), desk.path("copy.db")).expect("a copy of the journal");
    std::fs::write(desk.path("broken.db"), b"SQLite format 3\0 and no more").expect("a file");
    let options = "serve --simulate --journal j.db --journal copy.db --journal broken.db";
    let served = desk.serve_with(options);
    let browser = Browser::start();
    check("the overview", &browser, &served.url);
    let page = Page::open(&browser, &served.url);
    let journal = page.value("document.querySelector('#tenants tbody a').href");
    check("a journal below it", &browser, journal.as_str().expect("an address"));
}

#[test]
fn the_report_can_be_read_by_everybody() {
    let desk = Desk::with_batch(300);
    let browser = Browser::start();
    check("the report", &browser, &desk.report());
}
