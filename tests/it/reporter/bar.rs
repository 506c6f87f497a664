//! The bar: the picture of a run and the lines above it, on a terminal.

use std::sync::mpsc::channel;

use mde_offboard::domain::{ActionId, ActionStatus, Detail, End, State, StoppedBy};
use mde_offboard::event::{Event, Happening, Observer, Snapshot};
use mde_offboard::reporter::{Bar, Colouring, Outlet, Terminal, WritePatience};

use crate::support::screen::Screen;

use super::lines::{one_of_each, slept};
use super::{about, at, event, heading, later, snapshot, too_old, until};

const COLUMNS: u16 = 80;

fn bar_on(screen: &Screen, terminal: Terminal) -> (Bar, Outlet) {
    let outlet = Outlet::on_terminal("test", Box::new(screen.clone()), terminal.clone()).unwrap();
    (Bar::new(heading(), outlet.clone(), terminal), outlet)
}

fn bar() -> (Bar, Outlet, Screen) {
    let screen = Screen::of(COLUMNS);
    let (bar, outlet) = bar_on(&screen, screen.terminal());
    (bar, outlet, screen)
}

/// What is on the screen once all is written.
fn text(outlet: &Outlet, screen: &Screen) -> String {
    assert!(outlet.drain(WritePatience::Endless));
    screen.text()
}

fn rejected(number: u64) -> Event {
    about(&format!("pc-{number}"), Happening::Rejected { detail: too_old() })
}

fn retrying() -> Happening {
    let detail = Detail::new(Some(503), None, "Service Unavailable");
    Happening::Retrying { not_before: at("2026-11-24T01:14:45"), detail }
}

fn updated(state: State, status: ActionStatus) -> Happening {
    let action = ActionId::parse("5382f7ea-7557-4ab7-9782-d50480024a4e").unwrap();
    Happening::ActionUpdated { action, status, state }
}

fn submitted() -> Event {
    let action = ActionId::parse("5382f7ea-7557-4ab7-9782-d50480024a4e").unwrap();
    about("pc-1", Happening::Submitted { action, adopted: false })
}

fn ended() -> Event {
    event(Happening::BatchEnded { end: End::Settled, counts: snapshot().counts })
}

fn stopping(why: &str) -> Event {
    event(Happening::Stopping { why: why.to_owned(), in_flight: 4 })
}

#[test]
fn what_went_wrong_is_printed_above_the_picture() {
    let (mut bar, outlet, screen) = bar();
    bar.tick(&snapshot());
    bar.event(&about("lt-2210", Happening::Rejected { detail: too_old() }));
    let look_at = at("2026-11-24T01:19:15");
    let detail = Detail::new(None, Some("timeout"), "no answer in 30 s");
    bar.event(&about("lt-2211", Happening::Uncertain { look_at, detail }));
    bar.event(&about("lt-2212", retrying()));
    bar.event(&about("lt-2213", updated(State::Failed, ActionStatus::Failed)));
    bar.event(&about("lt-2214", updated(State::TimedOut, ActionStatus::TimedOut)));
    bar.event(&about("lt-2215", updated(State::Succeeded, ActionStatus::Succeeded)));
    bar.tick(&snapshot());
    insta::assert_snapshot!(text(&outlet, &screen), @r"
    01:14:15 ! lt-2210  refused: the sensor is too old (ClientVersionNotSupported)
    01:14:15 ! lt-2211  in doubt: no answer in 30 s (timeout); looked up at
      01:19:15
    01:14:15 ! lt-2212  tried again at 01:14:45: Service Unavailable (HTTP 503)
    01:14:15 ! lt-2213  failed: the machine reported an error
    01:14:15 ! lt-2214  timed out: it did not connect in time
     batch 1  contoso  fleet.csv  times in CET                        3 h 26 m 09 s
     ███████████████░░░░░░░░░░░░░░░░░░░░░░  6,000 of 13,878 answered  43 %
     accepted 5,981: pending 1,098, succeeded 4,871, failed 12   refused 19
     minute 0/100   hour 1,500/1,500   no 429   last request at 23:03
     waiting: the hourly limit is used up; next request at 02:00:12 (in 34 m)
     Ctrl-C stops safely   in another window: mde-offboard status 1 --journal a.db
    ");
}

#[test]
fn no_more_lines_are_printed_than_can_be_read_and_the_others_are_counted() {
    let (mut bar, outlet, screen) = bar();
    bar.tick(&later(0));
    for number in 0..1_000 {
        bar.event(&rejected(number));
    }
    bar.tick(&later(1));
    let shown = text(&outlet, &screen);
    assert_eq!(shown.matches("refused:").count(), 12, "{shown}");
    bar.tick(&later(3_600));
    let shown = text(&outlet, &screen);
    assert!(shown.contains("... 988 more: mde-offboard report 1"), "{shown}");
    bar.tick(&later(3_601));
    assert_eq!(text(&outlet, &screen).matches(" more: ").count(), 1, "said once");
}

#[test]
fn a_refusal_in_the_next_minute_has_its_line_again() {
    let (mut bar, outlet, screen) = bar();
    for number in 0..13 {
        bar.event(&rejected(number));
    }
    let next = Event { at: at("2026-11-24T01:15:16"), ..rejected(99) };
    bar.event(&next);
    let shown = text(&outlet, &screen);
    assert!(!shown.contains("pc-12 ") && shown.contains("pc-99 "), "{shown}");
}

#[test]
fn what_concerns_the_whole_run_is_told_however_many_lines_there_were() {
    let (mut bar, outlet, screen) = bar();
    (0..100).for_each(|number| bar.event(&rejected(number)));
    bar.event(&stopping("Ctrl-C"));
    let shown = text(&outlet, &screen);
    let end: Vec<&str> = shown.lines().rev().take(2).collect();
    let expected = ["01:14:15 stopping: Ctrl-C", "... 88 more: mde-offboard report 1"];
    assert_eq!(end, expected, "{shown}");
}

#[test]
fn a_stop_is_told_and_the_picture_leaves_for_the_closing_summary() {
    let (mut bar, outlet, screen) = bar();
    bar.tick(&snapshot());
    bar.event(&stopping("Ctrl-C"));
    bar.tick(&snapshot());
    let shown = text(&outlet, &screen);
    assert!(shown.contains("\n stopping: no new requests; 4 in flight"), "{shown}");
    bar.event(&ended());
    assert_eq!(text(&outlet, &screen), "01:14:15 stopping: Ctrl-C");
}

#[test]
fn a_long_reason_is_told_whole() {
    for by in ["a person of a department whose name has many words ".repeat(3), "x".repeat(70)] {
        let (mut bar, outlet, screen) = bar();
        bar.event(&stopping(&format!("batch 1 was stopped by {by}")));
        let text = text(&outlet, &screen);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(by.trim()), "{text}");
    }
}

#[test]
fn names_and_words_from_outside_cannot_command_the_terminal() {
    let (mut bar, outlet, screen) = bar();
    let hostile = "pc\u{1b}[2J\u{9b}2J\u{202e}\nmde";
    let detail = Detail { http_status: None, code: None, message: hostile.to_owned() };
    bar.event(&about(hostile, Happening::Rejected { detail }));
    bar.event(&stopping(hostile));
    let heading =
        super::Heading { tenant: hostile.into(), sources: vec![hostile.into()], ..heading() };
    let terminal = Terminal { has_title: true, has_progress: true, ..screen.terminal() };
    let mut other = Bar::new(heading, outlet.clone(), terminal);
    other.tick(&Snapshot { said: Some(hostile.to_owned()), ..snapshot() });
    text(&outlet, &screen);
    let raw = screen.raw();
    for bad in ["\u{1b}[2J", "\u{9b}", "\u{202e}", "\nmde"] {
        assert!(!raw.contains(bad), "{raw:?}");
    }
}

#[test]
fn nothing_is_wrong_is_said_while_nothing_is() {
    let says = |bar: &mut Bar, outlet: &Outlet, screen: &Screen, snapshot: &Snapshot| {
        bar.tick(snapshot);
        text(outlet, screen).contains("nothing is wrong")
    };
    let troubles = [
        Happening::Rejected { detail: too_old() },
        retrying(),
        Happening::Uncertain { look_at: at("2026-11-24T01:19:15"), detail: too_old() },
        Happening::Held { detail: too_old() },
        Happening::RateLimited { until: at("2026-11-24T01:19:15"), detail: too_old() },
        updated(State::Failed, ActionStatus::Failed),
    ];
    for trouble in troubles {
        let screen = Screen::of(100);
        let (mut bar, outlet) = bar_on(&screen, screen.terminal());
        assert!(!says(&mut bar, &outlet, &screen, &snapshot()), "no answer came yet");
        bar.event(&submitted());
        assert!(says(&mut bar, &outlet, &screen, &snapshot()), "{}", screen.text());
        let name = trouble.name();
        bar.event(&Event { at: snapshot().at, ..about("pc-1", trouble) });
        bar.event(&submitted());
        assert!(!says(&mut bar, &outlet, &screen, &later(0)), "{name}");
        assert!(!says(&mut bar, &outlet, &screen, &later(599)), "{name}");
        assert!(says(&mut bar, &outlet, &screen, &later(601)), "{name}");
        let open = Snapshot { retrying: 1, ..later(601) };
        assert!(!says(&mut bar, &outlet, &screen, &open), "one is tried again");
        let said = Snapshot { said: Some("HTTP 500".to_owned()), ..later(601) };
        assert!(!says(&mut bar, &outlet, &screen, &said), "a list cannot be read");
    }
}

#[test]
fn a_paused_terminal_keeps_nobody_and_shows_the_newest_picture_once_it_goes_on() {
    let (pause, goes_on) = channel::<()>();
    let screen = Screen::paused(COLUMNS, goes_on);
    let (mut bar, outlet) = bar_on(&screen, screen.terminal());
    for number in 0..5_000 {
        bar.event(&Event { at: snapshot().at, ..rejected(number) });
        bar.tick(&Snapshot { rate_limited: number, ..snapshot() });
    }
    assert_eq!(screen.writes(), 0);
    drop(pause);
    until(|| screen.text().contains("429 answers: 4,999"));
    bar.event(&ended());
    let shown = text(&outlet, &screen);
    assert_eq!(shown.matches("refused:").count(), 12, "{shown}");
    assert!(shown.contains("... 4,988 more: "), "{shown}");
    assert!(!shown.contains("429 answers"), "the picture is gone: {shown}");
    assert!(screen.writes() < 100, "pictures were left out");
}

#[test]
fn the_end_does_not_wait_for_ever_for_a_paused_terminal() {
    let (_pause, goes_on) = channel::<()>();
    let screen = Screen::paused(COLUMNS, goes_on);
    let (mut bar, _) = bar_on(&screen, screen.terminal());
    bar.tick(&snapshot());
    bar.event(&ended());
    bar.end();
    assert_eq!(screen.writes(), 0);
}

#[test]
fn no_line_about_any_event_is_wider_than_the_terminal() {
    for columns in [20, 40, 60, 120] {
        let screen = Screen::of(columns);
        let (mut bar, outlet) = bar_on(&screen, screen.terminal());
        for event in one_of_each() {
            bar.event(&event);
        }
        text(&outlet, &screen);
        let widest = screen.raw().lines().map(|line| line.trim_end().chars().count()).max();
        assert!(widest < Some(columns.into()), "{widest:?}\n{}", screen.raw());
    }
}

#[test]
fn title_and_task_bar_say_how_far_it_is_and_are_given_back() {
    let screen = Screen::of(COLUMNS);
    let terminal = Terminal { has_title: true, has_progress: true, ..screen.terminal() };
    let (mut bar, outlet) = bar_on(&screen, terminal);
    bar.tick(&snapshot());
    bar.tick(&later(1));
    text(&outlet, &screen);
    let raw = screen.raw();
    assert!(raw.ends_with("\u{1b}[22;0t\u{1b}]0;43 % batch 1 contoso\u{7}\u{1b}]9;4;1;43\u{7}"));
    bar.tick(&Snapshot { said: Some("HTTP 500".to_owned()), ..later(2) });
    text(&outlet, &screen);
    assert!(screen.raw().ends_with("\u{1b}]9;4;4;43\u{7}"), "trouble");
    outlet.end_pictures();
    // A run that still goes on does not bring it back.
    bar.tick(&later(3));
    assert_eq!(text(&outlet, &screen), "");
    let end = "\u{1b}]0;\u{7}\u{1b}]9;4;0;0\u{7}\u{1b}[23;0t";
    assert!(screen.raw().ends_with(end), "{:?}", screen.raw());
}

#[test]
fn a_terminal_that_knows_neither_is_told_nothing_of_both() {
    let (mut bar, outlet, screen) = bar();
    bar.tick(&snapshot());
    bar.event(&ended());
    text(&outlet, &screen);
    assert!(!screen.raw().contains("\u{1b}]"), "{:?}", screen.raw());
}

#[test]
fn the_sign_of_trouble_has_a_colour_where_colours_are_wanted() {
    for (colouring, sign) in
        [(Colouring::Off, " ! lt"), (Colouring::On, " \u{1b}[33m!\u{1b}[0m lt")]
    {
        let screen = Screen::of(COLUMNS);
        let (mut bar, outlet) = bar_on(&screen, Terminal { colouring, ..screen.terminal() });
        bar.event(&about("lt-2210", Happening::Rejected { detail: too_old() }));
        text(&outlet, &screen);
        assert!(screen.raw().contains(sign), "{:?}", screen.raw());
    }
}

/// Nothing is waited for, and this many requests are in flight, some of them POSTs.
fn in_flight(requests: usize, posts: u64) -> Snapshot {
    let mut counts = super::counts(&[(State::Queued, 100), (State::Pending, 20)]);
    counts.add(State::Sending, posts);
    Snapshot { waiting: None, in_flight: requests, counts, ..snapshot() }
}

#[test]
fn between_two_requests_none_is_said_to_be_in_flight() {
    let (mut bar, outlet, screen) = bar();
    for (requests, posts, says) in [
        (0, 0, " no request in flight at the moment"),
        (1, 0, " asking Defender: 1 request in flight"),
        (3, 2, " sending: 3 requests in flight"),
    ] {
        bar.tick(&in_flight(requests, posts));
        let shown = text(&outlet, &screen);
        assert!(shown.lines().any(|line| line == says), "{says}:\n{shown}");
    }
}

#[test]
fn after_a_guard_tripped_nothing_is_said_to_be_sent() {
    let (mut bar, outlet, screen) = bar();
    let why = "4 machines were refused".to_owned();
    bar.event(&event(Happening::GuardTripped { guard: StoppedBy::MaxFailures, why }));
    bar.tick(&in_flight(3, 2));
    let shown = text(&outlet, &screen);
    assert!(shown.contains("\n a guard tripped: no new requests; 2 in flight\n"), "{shown}");
    assert!(!shown.contains("sending:"), "{shown}");
    bar.tick(&in_flight(1, 0));
    let shown = text(&outlet, &screen);
    assert!(shown.contains("\n asking Defender: 1 request in flight\n"), "{shown}");
}

#[test]
fn a_sleep_has_its_line_above_the_picture() {
    let (mut bar, outlet, screen) = bar();
    bar.tick(&snapshot());
    bar.event(&event(slept()));
    bar.tick(&snapshot());
    let shown = text(&outlet, &screen);
    let line = "01:14:15 the computer slept from Mon 22:03 to 01:14; the run goes on";
    assert_eq!(shown.lines().next(), Some(line), "{shown}");
}
