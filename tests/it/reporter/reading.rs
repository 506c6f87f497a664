//! What is shown while a list or the tenant is read.

use std::sync::mpsc::channel;
use std::time::Duration;

use mde_offboard::reporter::{Outlet, ReadingBar};

use crate::support::screen::Screen;

use super::until;

fn file_bar(screen: &Screen, bytes: u64) -> ReadingBar {
    ReadingBar::of_file("fleet\u{1b}.csv", bytes, outlet(screen), screen.terminal())
}

fn outlet(screen: &Screen) -> Outlet {
    Outlet::on_terminal("test", Box::new(screen.clone()), screen.terminal()).unwrap()
}

#[test]
fn the_reading_of_a_large_file_is_shown_and_then_gone() {
    let screen = Screen::of(80);
    let bar = file_bar(&screen, 400_000_000);
    bar.advance(100_000_000);
    until(|| screen.text().contains("25 %"));
    insta::assert_snapshot!(screen.text(), @r"
    reading fleet\u{1b}.csv
    █████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25 % of 400 MB
    ");
    bar.advance(300_000_000);
    until(|| screen.text().contains("100 % of 400 MB"));
    bar.end();
    assert_eq!(screen.text(), "");
}

#[test]
fn reading_fits_a_narrow_terminal_and_a_file_that_grows() {
    let screen = Screen::of(24);
    let bar = file_bar(&screen, 1_000_000);
    bar.advance(3_000_000);
    until(|| screen.text().contains("100 % of 1 MB"));
    // Had it been wider, the terminal would have broken it.
    assert_eq!(screen.text().lines().count(), 2, "{}", screen.text());
    bar.end();
}

#[test]
fn reading_does_not_wait_for_the_terminal() {
    let (pause, goes_on) = channel::<()>();
    let screen = Screen::paused(80, goes_on);
    let bar = file_bar(&screen, 1_000);
    (0..1_000).for_each(|_| bar.advance(1));
    assert_eq!(screen.writes(), 0);
    drop(pause);
    bar.end();
    assert_eq!(screen.text(), "");
}

#[test]
fn the_reading_of_the_tenant_says_how_much_came_and_how_long_it_takes() {
    let screen = Screen::of(80);
    let bar = ReadingBar::of_tenant(outlet(&screen), screen.terminal());
    bar.tell(0, Duration::from_secs(1));
    until(|| screen.text() == "reading the tenant   1 s" || screen.text().contains("1 s"));
    bar.tell(21_004, Duration::from_secs(85));
    until(|| screen.text().contains("1 m 25 s"));
    assert_eq!(screen.text().trim(), "reading the tenant   21,004 machines so far   1 m 25 s");
    bar.end();
    assert_eq!(screen.text(), "");
}
