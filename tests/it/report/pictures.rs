//! How far a batch is, where there is only so much room.

use console::measure_text_width;
use mde_offboard::domain::{End, Reason};
use mde_offboard::report::{fitted, status};

use super::{Book, commands, defender, now, zone};

/// A batch of which much is to be told.
fn eventful() -> Book {
    let mut book = Book::new(60);
    for number in 1..=30 {
        book.rejected(number, 0, Reason::Refused, &format!("Code{number:02}"));
    }
    book.ended(30, End::Interrupted);
    book
}

#[test]
fn a_picture_keeps_within_its_room_and_always_says_who_runs_and_what_goes_on() {
    let book = eventful();
    let status = status(&book.journal, book.batch, &defender(), now(60)).unwrap();
    for rows in 2..50 {
        for columns in [20, 40, 60, 80, 100, 200] {
            let picture = status.to_picture(&zone(), &commands(), (rows, columns));
            let wide = picture.lines().map(measure_text_width).max().unwrap();
            assert!(picture.lines().count() <= rows && wide <= columns, "{rows}: {picture}");
            let words = picture.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("not running since"), "{rows} x {columns}:\n{picture}");
            let next = "next mde-offboard resume 1 --journal a.db";
            // Where both do not fit, a command that is cut would be worse than none.
            let fits = rows >= 8 || columns >= 60;
            assert!(words.contains(next) || !fits, "{rows} x {columns}:\n{picture}");
        }
    }
}

#[test]
fn with_room_enough_a_picture_is_the_whole_status() {
    let book = eventful();
    let status = status(&book.journal, book.batch, &defender(), now(60)).unwrap();
    let prose = status.to_prose(&zone(), &commands());
    assert_eq!(status.to_picture(&zone(), &commands(), (100, 200)), prose);
}

#[test]
fn errors_go_first_where_the_screen_is_low() {
    let book = eventful();
    let status = status(&book.journal, book.batch, &defender(), now(60)).unwrap();
    insta::assert_snapshot!(status.to_picture(&zone(), &commands(), (8, 60)), @"
    Batch 1  72f988bf-0000-0000-0000-000000000000  fleet.csv
        Mon 23 Nov 18:41:00 CET
      0 accepted, 30 refused, 30 to go  50 %
      queued 30   pending 0   succeeded 0   failed 0   rejected
        30
    not running since 18:40: interrupted
      next   mde-offboard resume 1 --journal a.db
    ");
}

#[test]
fn words_that_are_wider_than_the_screen_are_broken_as_a_terminal_does_it() {
    let path = format!("a {}", "x".repeat(50));
    let text = fitted(&path, (9, 20));
    assert!(text.lines().all(|line| measure_text_width(line) <= 20), "{text}");
    assert_eq!(text.matches('x').count(), 50, "{text}");
    assert_eq!(fitted("一二三四五六七八九十一二三", (9, 20)).lines().count(), 2);
}
