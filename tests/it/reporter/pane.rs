//! A picture that stays at the bottom of a terminal.

use mde_offboard::reporter::{Pane, Picture, Terminal, folded, wrapped};

use crate::support::screen::Screen;

fn picture(lines: &[&str]) -> Picture {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    Picture { lines, title: String::new(), percent: Some(1), is_trouble: false }
}

fn pane(screen: &Screen) -> Pane<Screen> {
    Pane::new(screen.clone(), Some(screen.terminal()))
}

#[test]
fn texts_scroll_by_above_it() {
    let screen = Screen::of(40);
    let mut pane = pane(&screen);
    pane.show(Some(picture(&["one", "two"]))).unwrap();
    pane.text(b"a note\n").unwrap();
    pane.show(Some(picture(&["three"]))).unwrap();
    pane.text(b"half a line").unwrap();
    pane.text(b"more\n").unwrap();
    assert_eq!(screen.text(), "a note\nhalf a line\nmore\nthree");
    pane.show(None).unwrap();
    assert_eq!(screen.text(), "a note\nhalf a line\nmore");
}

#[test]
fn what_the_terminal_echoes_of_a_ctrl_c_leaves_nothing_behind() {
    let screen = Screen::of(40);
    let mut pane = pane(&screen);
    pane.show(Some(picture(&["title", "last line, as wide as the terminal ----"]))).unwrap();
    screen.take(b"^C");
    pane.text(b"stopping\n").unwrap();
    pane.show(Some(picture(&["title again"]))).unwrap();
    assert_eq!(screen.text(), "stopping\ntitle again");
    pane.show(None).unwrap();
    assert_eq!(screen.text(), "stopping");
}

#[test]
fn the_same_picture_is_drawn_once() {
    let screen = Screen::of(40);
    let mut pane = pane(&screen);
    for _ in 0..10 {
        pane.show(Some(picture(&["one", "two"]))).unwrap();
    }
    assert_eq!(screen.writes(), 1);
}

#[test]
fn a_window_that_became_narrower_or_lower_cuts_a_picture_that_was_made_before() {
    let screen = Screen::of(120);
    let mut pane = pane(&screen);
    let wide = "x".repeat(110);
    pane.text(b"a note\n").unwrap();
    pane.show(Some(picture(&[&wide, "two", "three", "four"]))).unwrap();
    screen.resize(3, 30);
    pane.text(b"another note\n").unwrap();
    let text = screen.text();
    let widest = text.lines().map(str::len).max();
    assert_eq!(widest, Some(29), "{text}");
    assert!(text.lines().count() <= 3, "{text}");
}

#[test]
fn what_a_terminal_broke_as_its_window_became_narrower_is_taken_away_whole() {
    let screen = Screen::of(60);
    let terminal = Terminal { reflows: true, ..screen.terminal() };
    let mut pane = Pane::new(screen.clone(), Some(terminal));
    pane.show(Some(picture(&[&"x".repeat(50), "two"]))).unwrap();
    // As a terminal does that breaks its lines.
    screen.take(b"\x1b[2J\x1b[H");
    screen.resize(60, 20);
    screen.take(
        format!("{}\n{}\n{}\ntwo\n", "x".repeat(20), "x".repeat(20), "x".repeat(10)).as_bytes(),
    );
    pane.show(Some(picture(&["new"]))).unwrap();
    assert_eq!(screen.text(), "new");
}

#[test]
fn without_a_terminal_only_texts_are_written() {
    let screen = Screen::of(40);
    let mut pane = Pane::new(screen.clone(), None);
    pane.show(Some(picture(&["one"]))).unwrap();
    pane.text(b"a note\n").unwrap();
    assert_eq!(screen.raw(), "a note\n");
}

#[test]
fn prose_breaks_between_words_and_below_its_label() {
    let text = "Tenant     5e1f0000-0000-4000-8000-000000000001, as app 5e1f0000-0000-4000\n\
                short\n\nwarning: it is a long sentence of many words that go on and on\n";
    assert_eq!(
        wrapped(text, 50),
        "Tenant     5e1f0000-0000-4000-8000-000000000001,\n           as app 5e1f0000-0000-4000\n\
         short\n\nwarning: it is a long sentence of many words that\n  go on and on\n"
    );
}

#[test]
fn a_command_stays_whole() {
    for (text, expected) in [
        (
            "hint: mde-offboard resume 1 --profile contoso",
            "hint:\n  mde-offboard resume 1 --profile contoso",
        ),
        (
            "hint: watch it with `mde-offboard status --watch`; it is not stopped",
            "hint: watch it with\n  `mde-offboard status --watch`;\n  it is not stopped",
        ),
        (
            "hint: mde-offboard report 1 --only failed,pending; then `mde-offboard resume 1`",
            "hint:\n  mde-offboard report 1 --only failed,pending;\n  then `mde-offboard resume 1`",
        ),
        (
            "  continue   mde-offboard resume 1 --profile contoso --journal a.db",
            "  continue\n             mde-offboard resume 1 --profile contoso --journal a.db",
        ),
    ] {
        assert_eq!(wrapped(text, 30), expected);
    }
}

#[test]
fn a_word_that_is_wider_than_the_screen_stays_whole() {
    assert_eq!(
        folded(&format!("a {} b", "x".repeat(30)), 10, 2),
        ["a".to_owned(), format!("  {}", "x".repeat(30)), "  b".to_owned()]
    );
}
