//! A screen that is drawn beside the run.

use mde_offboard::domain::End;
use mde_offboard::event::{Event, Happening, Observer, Snapshot};
use mde_offboard::reporter::{Bar, Plain, ScreenThread};

use super::lines::one_of_each;
use super::screen::Screen;
use super::{Log, Paused, about, event, heading, snapshot, too_old, until};

fn rejected(number: u64) -> Event {
    about(&format!("pc-{number}"), Happening::Rejected { detail: too_old() })
}

fn ended() -> Event {
    event(Happening::BatchEnded { end: End::Settled, counts: snapshot().counts })
}

#[test]
fn all_that_is_read_is_shown_in_order_and_the_end_comes_last() {
    let log = Log::default();
    let mut beside =
        ScreenThread::new(Box::new(Plain::new(heading(), Box::new(log.clone())))).unwrap();
    beside.event(&event(Happening::BatchStarted { command: "run".to_owned(), total: 3 }));
    until(|| log.text().contains("started=run"));
    beside.tick(&snapshot());
    beside.event(&ended());
    beside.end();
    let text = log.text();
    let places: Vec<_> = ["started=run", "waiting=window", "ended=settled"]
        .iter()
        .map(|word| text.find(word).unwrap_or_else(|| panic!("no {word}: {text}")))
        .collect();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn no_screen_has_a_line_for_an_event_that_is_not_handed_on() {
    for event in one_of_each() {
        let (directly, screen) = (Log::default(), Screen::default());
        let mut plain = Plain::new(heading(), Box::new(directly.clone()));
        let mut bar = Bar::on(heading(), screen.clone());
        plain.event(&event);
        bar.event(&event);
        bar.tick(&snapshot());
        let (handed_on, other_screen) = (Log::default(), Screen::default());
        let plain = Plain::new(heading(), Box::new(handed_on.clone()));
        let mut plain = ScreenThread::new(Box::new(plain)).unwrap();
        let mut bar =
            ScreenThread::new(Box::new(Bar::on(heading(), other_screen.clone()))).unwrap();
        plain.event(&event);
        bar.event(&event);
        bar.tick(&snapshot());
        // Before its end: a bar whose thread is gone has cleared its picture.
        until(|| other_screen.text() == screen.text());
        plain.end();
        bar.end();
        assert_eq!(handed_on.text(), directly.text());
    }
}

#[test]
fn a_paused_terminal_keeps_nobody_and_shows_the_newest_picture_and_what_was_missed_once_it_goes_on()
{
    let (paused, screen) = Paused::new();
    let mut beside = ScreenThread::new(Box::new(Bar::on(heading(), screen.clone()))).unwrap();
    for number in 0..5_000 {
        beside.event(&rejected(number));
        let rate_limited = number;
        beside.tick(&Snapshot { rate_limited, ..snapshot() });
    }
    assert_eq!(screen.shown(), 0);
    drop(paused);
    until(|| screen.text().contains("429 answers: 4,999"));
    let text = screen.text();
    // Each event was shown, or counted.
    let lines = text.lines().filter(|line| line.contains("rejected:")).count();
    let more = text.lines().filter_map(|line| line.strip_prefix("... and ")?.split_once(" more"));
    let more: usize = more.map(|(count, _)| count.replace(',', "").parse::<usize>().unwrap()).sum();
    assert_eq!(lines + more, 5_000, "{text}");
    beside.event(&ended());
    beside.end();
    assert!(!screen.text().contains("429 answers"), "the picture is gone: {}", screen.text());
}

#[test]
fn a_line_of_the_log_scrolls_above_the_picture() {
    let screen = Screen::default();
    let mut beside = ScreenThread::new(Box::new(Bar::on(heading(), screen.clone()))).unwrap();
    let log = beside.lines_above();
    beside.tick(&snapshot());
    until(|| screen.text().contains("13,878") || screen.text().contains("pending"));
    let picture = screen.text();
    assert!(log.post("DEBUG one\n") && log.post("DEBUG two\nDEBUG three\n"));
    let above = format!("DEBUG one\nDEBUG two\nDEBUG three\n{picture}");
    until(|| screen.text() == above);
    // Once the picture is gone, another way leads to the terminal.
    beside.event(&ended());
    beside.end();
    assert!(screen.text().starts_with("DEBUG one\nDEBUG two\nDEBUG three"), "{}", screen.text());
    assert!(!log.post("DEBUG four\n"));
}

#[test]
fn lines_of_the_log_for_a_paused_terminal_are_bounded_and_counted() {
    let (paused, screen) = Paused::new();
    let mut beside = ScreenThread::new(Box::new(Bar::on(heading(), screen.clone()))).unwrap();
    let log = beside.lines_above();
    beside.tick(&snapshot());
    for number in 0..1_500 {
        assert!(log.post(&format!("DEBUG {number}\n")));
    }
    drop(paused);
    until(|| screen.text().contains("lines of the log left out"));
    let text = screen.text();
    let shown = text.lines().filter(|line| line.starts_with("DEBUG ")).count();
    let left_out = text.lines().find_map(|line| line.strip_prefix('(')?.split_once(" lines of"));
    let left_out: usize = left_out.expect("it is told").0.parse().unwrap();
    assert_eq!(shown + left_out, 1_500, "{text}");
    beside.end();
}

#[test]
fn the_end_does_not_wait_for_ever_for_a_paused_terminal() {
    let (_paused, screen) = Paused::new();
    let mut beside = ScreenThread::new(Box::new(Bar::on(heading(), screen.clone()))).unwrap();
    beside.tick(&snapshot());
    beside.event(&ended());
    beside.end();
    assert_eq!(screen.shown(), 0);
}
