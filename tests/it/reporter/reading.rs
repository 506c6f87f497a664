//! The bar over a large file.

use mde_offboard::reporter::ReadingBar;

use super::screen::Screen;
use super::{Paused, until};

#[test]
fn the_reading_of_a_large_file_is_shown_and_then_gone() {
    let screen = Screen::default();
    let bar = ReadingBar::on("fleet\u{1b}.csv", 400_000_000, screen.clone()).unwrap();
    bar.advance(100_000_000);
    until(|| screen.text().contains("25 %"));
    insta::assert_snapshot!(screen.text(), @r"
    reading fleet\u{1b}.csv
    ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  25 % of 400 MB
    ");
    bar.advance(300_000_000);
    until(|| screen.text().contains("100 % of 400 MB"));
    bar.end();
    assert_eq!(screen.text(), "");
}

#[test]
fn reading_does_not_wait_for_the_terminal() {
    let (paused, screen) = Paused::new();
    let bar = ReadingBar::on("fleet.csv", 1_000, screen.clone()).unwrap();
    (0..1_000).for_each(|_| bar.advance(1));
    assert_eq!(screen.shown(), 0);
    drop(paused);
    bar.end();
    assert_eq!(screen.text(), "");
}
