//! Everything can be reached and used by keyboard alone.

use crate::support::chromium::Browser;
use crate::support::desk::Desk;
use crate::support::page::Page;

/// The focus can be seen.
#[track_caller]
fn check_focus_is_seen(page: &Page<'_>) {
    let seen = page.value(
        "(() => { const style = getComputedStyle(document.activeElement);
           return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0; })()",
    );
    let at = page.value("document.activeElement.outerHTML.slice(0, 200)");
    assert_eq!(seen, true, "the focus cannot be seen at {at}");
}

#[test]
fn a_machine_is_found_and_its_story_read_by_keyboard_alone() {
    let desk = Desk::with_batch(200);
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    page.press("Tab");
    assert_eq!(page.value("document.activeElement.className"), "skip");
    check_focus_is_seen(&page);
    page.press("Enter");
    page.wait_for("the focus is on the content", "document.activeElement.id === 'main'");
    page.tab_to("#machine-text");
    check_focus_is_seen(&page);
    page.write("pc-");
    page.press("Enter");
    page.wait_for_words("#machine-count", "that match");
    page.tab_to("input[type=checkbox][value=succeeded], input[type=checkbox][value=pending]");
    check_focus_is_seen(&page);
    page.tab_to("#machine-table thead a");
    check_focus_is_seen(&page);
    page.press("Enter");
    page.wait_for("it is sorted", "document.querySelector('#machine-table [aria-sort]') !== null");
    page.tab_to("#page-next");
    check_focus_is_seen(&page);
    page.press("Enter");
    page.wait_for_words("#machine-rows", "Page 2 of");
    page.tab_to("#machine-table tbody th a");
    check_focus_is_seen(&page);
    let name = page.value("document.activeElement.textContent");
    page.press("Enter");
    page.wait_for("its story", "document.getElementById('story') !== null");
    let story = page.text("#story");
    assert!(story.contains(name.as_str().unwrap()), "{story}");
    page.tab_to("header a, nav a");
    page.press("Enter");
    page.wait_for("back at the batch", "document.getElementById('machine-text') !== null");
    page.check_quiet();
}

#[test]
fn numbers_beside_charts_open_by_keyboard() {
    let desk = Desk::with_batch(50);
    let served = desk.serve();
    let browser = Browser::start();
    let page = Page::open(&browser, &served.url);
    for section in ["#progress", "#requests", "#states"] {
        page.tab_to(&format!("{section} summary"));
        check_focus_is_seen(&page);
        page.press("Space");
        let open = format!("document.querySelector('{section} details').open");
        page.wait_for("it is open", &open);
    }
    page.check_quiet();
}
