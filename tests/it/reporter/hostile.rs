//! Three hundred texts from outside in everything that the picture of a run and the lines above it
//! show: all escaped, and none wider than the terminal.

use console::measure_text_width;
use mde_offboard::domain::{Detail, Reason, StoppedBy};
use mde_offboard::event::{Event, Happening, Observer, Snapshot, Wait, WaitReason};
use mde_offboard::reporter::{Bar, Heading, Outlet, Plain, Terminal, WritePatience};

use crate::cli::hostile::{TEXTS, check_text, text};
use crate::support::screen::Screen;

use super::{Log, about, at, event, heading, snapshot, wait};

const WIDTHS: [u16; 4] = [60, 80, 100, 120];

/// The events that say something of a text from outside, with a name, an answer and a reason.
fn events(text: &str) -> Vec<Event> {
    let soon = at("2026-11-24T01:19:15");
    let why = || text.to_owned();
    let detail = || Detail::new(Some(400), Some(text), text);
    vec![
        about(text, Happening::Rejected { detail: detail() }),
        about(text, Happening::Retrying { not_before: soon, detail: detail() }),
        about(text, Happening::Uncertain { look_at: soon, detail: detail() }),
        about(text, Happening::Held { detail: detail() }),
        about(text, Happening::Skipped { reason: Reason::Reimaged }),
        event(Happening::RateLimited { until: soon, detail: detail() }),
        event(Happening::ListsDistrusted { why: why() }),
        event(Happening::GuardTripped { guard: StoppedBy::Answers, why: why() }),
        event(Happening::Stopping { why: why(), in_flight: 4 }),
    ]
}

fn heading_of(text: &str) -> Heading {
    Heading { tenant: text.to_owned(), sources: vec![text.to_owned()], ..heading() }
}

fn snapshot_of(text: &str) -> Snapshot {
    let (since, gives_up_at) = (at("2026-11-24T01:20:00"), at("2026-11-24T13:20:00"));
    let reason = WaitReason::Network { since, gives_up_at };
    let waiting: Option<Wait> = Some(wait(reason, "2026-11-24T01:27:00", 0));
    Snapshot { waiting, said: Some(text.to_owned()), ..snapshot() }
}

/// What was written without what the pane itself writes: it goes up, erases, and sets the title.
fn without_ours(raw: &str) -> String {
    let mut text = raw.replace("\u{1b}[J", "").replace(['\r'], "");
    for rows in 1..=12 {
        text = text.replace(&format!("\u{1b}[{rows}A"), "");
    }
    for ours in ["\u{1b}[22;0t", "\u{1b}[23;0t"] {
        text = text.replace(ours, "");
    }
    let mut parts = text.split("\u{1b}]0;");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('\u{7}').expect("it has an end").1)
}

fn titles(raw: &str) -> Vec<&str> {
    let titles = raw.split("\u{1b}]0;").skip(1);
    titles.map(|part| part.split_once('\u{7}').expect("it has an end").0).collect()
}

#[test]
fn the_bar_and_the_lines_above_it_escape_texts_from_outside_and_stay_within_the_terminal() {
    for number in 1..=TEXTS {
        let (text, columns) = (text(number), WIDTHS[number as usize % WIDTHS.len()]);
        let screen = Screen::of(columns);
        let terminal = Terminal { has_title: true, ..screen.terminal() };
        let out = Box::new(screen.clone());
        let outlet = Outlet::on_terminal("test", out, terminal.clone()).unwrap();
        let mut bar = Bar::new(heading_of(&text), outlet.clone(), terminal);
        bar.tick(&snapshot_of(&text));
        for event in events(&text) {
            bar.event(&event);
        }
        bar.tick(&snapshot_of(&text));
        assert!(outlet.drain(WritePatience::Endless));
        let raw = screen.raw();
        assert!(raw.contains("01:14:15 ! "), "{raw:?}");
        for title in titles(&raw) {
            check_text(&format!("the title for {number}"), title);
        }
        let written = without_ours(&raw);
        check_text(&format!("text {number}"), &written);
        for line in written.lines() {
            let width = measure_text_width(line);
            assert!(width < columns.into(), "{number} at {columns}: {width} in {line}");
        }
    }
}

#[test]
fn the_plain_lines_escape_texts_from_outside_and_each_stays_one_line() {
    for number in 1..=TEXTS {
        let text = text(number);
        let log = Log::default();
        let mut plain = Plain::new(heading_of(&text), Box::new(log.clone()));
        plain.tick(&snapshot_of(&text));
        for event in events(&text) {
            plain.event(&event);
        }
        check_text(&format!("text {number}"), &log.text());
        let begins = |line: &str| line.starts_with("2026-11-24T") && line.contains(" batch=1");
        assert!(log.text().lines().all(begins), "{}", log.text());
    }
}
