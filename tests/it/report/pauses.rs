//! Charts of batches in which nothing happens for hours.

use mde_offboard::domain::{BatchFact, End, Fact, Reason};

use super::Book;
use super::pages::page;

/// A list that is sent within 20 minutes, and what `retry` sends on the next morning.
fn with_a_late_retry() -> Book {
    let mut book = Book::new(400);
    for number in 1..=399 {
        book.accepted(number, u64::from(number) * 3);
    }
    book.rejected(400, 1_200, Reason::Refused, "InvalidInput");
    book.ended(1_260, End::Pending);
    book.batch_fact(40_000, BatchFact::Started { command: "retry".to_owned() });
    book.fact(400, 40_001, Fact::Requeued);
    book.fact(400, 40_060, Fact::Sending);
    book.accepted_as("again-400", 400, 40_060);
    book.ended(40_300, End::Pending);
    book
}

#[test]
fn the_hours_before_a_late_retry_are_left_out_of_the_charts_and_the_words_say_so() {
    let page = page(&with_a_late_retry());
    for (section, from, why) in [
        ("progress", "19:00:", "since nothing changed"),
        ("requests", "19:00:", "since nothing was sent"),
    ] {
        let caption = page.text(&format!("section.{section} figcaption"));
        let words = format!("Left out, {why}: 2026-11-23 {from}");
        let (_, said) = caption.split_once(&words).unwrap_or_else(|| panic!("{caption}"));
        assert!(said.contains(" to 2026-11-24 05:4") && said.contains("(10 h 4"), "{caption}");
        let legend = page.texts(&format!("section.{section} ul.legend li"));
        assert!(legend.iter().any(|it| it.starts_with("time that is left out")), "{legend:?}");
        assert_eq!(page.all(&format!("section.{section} svg rect.idle")).len(), 1 + 1, "{section}");
        let days = page.texts(&format!("section.{section} svg text.day"));
        assert_eq!(days, ["Mon 23 Nov", "Tue 24 Nov"]);
    }
    // The first run takes most of the width, and the retry has a place of its own.
    let line = page.all("section.progress polyline.sent").remove(0).attr("points").unwrap();
    let xs: Vec<f64> =
        line.split(' ').map(|point| point.split_once(',').unwrap().0.parse().unwrap()).collect();
    let of_the_run = xs.iter().filter(|x| (80.0..560.0).contains(*x)).count();
    assert!(of_the_run > 60, "{line}");
    assert!(xs.iter().any(|x| *x > 600.0), "{line}");
    // The numbers are all there.
    let rows = page.rows("section.requests table");
    let sent: u64 = rows.iter().map(|row| row[1].parse::<u64>().unwrap()).sum();
    assert_eq!(sent, 401);
}

#[test]
fn a_run_that_waits_an_hour_for_its_limit_is_drawn_whole() {
    let mut book = Book::new(5);
    for number in 1..=5 {
        book.accepted(number, u64::from(number) * 3_600);
    }
    let page = page(&book);
    assert!(page.all("svg rect.idle").is_empty());
    assert!(!page.text("section.progress figcaption").contains("Left out"));
}
