//! The bar over a large file.

use mde_offboard::reporter::ReadingBar;

use super::screen::Screen;

#[test]
fn the_reading_of_a_large_file_is_shown_and_then_gone() {
    let screen = Screen::default();
    let bar = ReadingBar::on("fleet\u{1b}.csv", 400_000_000, screen.clone());
    bar.advance(100_000_000);
    insta::assert_snapshot!(screen.text(), @r"
    reading fleet\u{1b}.csv
    ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  25 % of 400 MB
    ");
    bar.advance(300_000_000);
    assert!(screen.text().contains("100 % of 400 MB"), "{}", screen.text());
    bar.end();
    assert_eq!(screen.text(), "");
}
