//! Runs on a terminal, as a person sees them there.
#![cfg(target_os = "linux")]

use std::process::Stdio;

use crate::support::desk::Desk;
use crate::support::pty::OnTerminal;

const LIMITS: &str = "--limit 1000/1s --limit 5000/1m";

/// What a picture begins with.
const TITLE: &str = " batch 1  ";

fn start(desk: &Desk, more: &str, columns: u16) -> OnTerminal {
    let words = format!(
        "run fleet.csv --comment x --yes --settle 2s --poll-interval 200ms --track-timeout 30s \
         {more}"
    );
    OnTerminal::start(&desk.command(&words), columns)
}

/// The rows of the picture: from its title to the end.
#[track_caller]
fn picture(text: &str) -> Vec<&str> {
    let titles = text.lines().filter(|line| line.starts_with(TITLE)).count();
    assert_eq!(titles, 1, "one picture:\n{text}");
    text.lines().skip_while(|line| !line.starts_with(TITLE)).collect()
}

#[track_caller]
fn check_no_picture(text: &str) {
    for part in [TITLE, " answered  ", "Ctrl-C stops safely", "stopping: no new requests"] {
        assert!(!text.contains(part), "`{part}` is left:\n{text}");
    }
}

/// Whether the picture shows that requests were answered.
fn is_sending(text: &str) -> bool {
    text.contains(" answered") && !text.contains(" 0 of ") && text.contains("Ctrl-C stops safely")
}

#[test]
fn a_run_that_waits_for_a_limit_says_so_and_its_time_moves_each_second() {
    let desk = Desk::with_fleet(40, LIMITS);
    let run = start(&desk, "--limit 10/1m", 80);
    let elapsed = |text: &str| {
        let title = text.lines().find(|line| line.starts_with(TITLE))?;
        Some(title.split("   ").last()?.trim().to_owned())
    };
    let text = run.wait_for("it waits", |text| text.contains("the limit per minute is used up"));
    let rows = picture(&text);
    assert_eq!(rows.len(), 6, "{text}");
    assert!(rows.iter().all(|row| row.chars().count() < 80), "{text}");
    assert!(rows[1].contains("10 of 40 answered  25 %"), "{text}");
    assert!(rows[4].contains("next request at "), "{text}");
    let first = elapsed(&text).unwrap();
    let later = run.wait_for("time moves", |text| elapsed(text).is_some_and(|now| now != first));
    assert_eq!(picture(&later)[1], rows[1], "nothing was sent");
}

#[test]
fn one_ctrl_c_stops_and_leaves_nothing_of_the_picture_behind() {
    for columns in [60, 80] {
        let desk = Desk::with_fleet(60, LIMITS);
        let mut run = start(&desk, "--limit 10/1s", columns);
        run.wait_for("it sends", is_sending);
        run.types("\u{3}");
        let (code, text) = run.end();
        assert_eq!(code, Some(5), "{text}");
        check_no_picture(&text);
        assert!(text.contains(" stopping: interrupted\n"), "{text}");
        assert!(text.contains("mde-offboard resume 1"), "{text}");
    }
}

#[test]
fn a_second_ctrl_c_leaves_at_once_and_gives_title_and_task_bar_back() {
    let desk = Desk::with_fleet(60, "--limit 20/1s --latency 5s").with("WT_SESSION", "1");
    let mut run = start(&desk, "--limit 20/1s", 80);
    run.wait_for("it sends", |text| text.contains("sending: 8 requests in flight"));
    run.types("\u{3}");
    let text = run.wait_for("it stops", |text| text.contains("stopping: no new requests; 8 in"));
    assert!(picture(&text).concat().contains("Ctrl-C again leaves"), "{text}");
    run.types("\u{3}");
    let screen = run.screen().clone();
    let (code, text) = run.end();
    assert_eq!(code, Some(130), "{text}");
    check_no_picture(&text);
    assert!(text.contains("error: left at once"), "{text}");
    let raw = screen.raw();
    let (last, reset) = (raw.rfind("\u{1b}]9;4;").unwrap(), raw.rfind("\u{1b}]9;4;0;0").unwrap());
    assert_eq!(last, reset, "{raw:?}");
    assert!(raw.rfind("\u{1b}[22;0t") < raw.rfind("\u{1b}[23;0t"), "{raw:?}");
}

#[test]
fn a_window_that_becomes_narrower_shows_one_picture_that_fits() {
    let desk = Desk::with_fleet(40, LIMITS);
    let run = start(&desk, "--limit 10/1m", 120);
    let text = run.wait_for("it waits", |text| text.contains("(in "));
    assert!(picture(&text).iter().any(|row| row.chars().count() > 70), "{text}");
    run.resize(70);
    let fits = |text: &str| {
        let title = text.lines().find(|line| line.starts_with(TITLE));
        title.is_some_and(|title| title.ends_with(" s") && title.chars().count() < 70)
    };
    let text = run.wait_for("it is drawn again", fits);
    let rows = picture(&text);
    assert!(rows.len() <= 6 && rows.iter().all(|row| row.chars().count() < 70), "{text}");
    assert!(text.contains("\nOnboarding policies "), "what is above the picture stays: {text}");
}

#[test]
fn a_question_breaks_between_words_and_a_ctrl_c_answers_no() {
    let desk = Desk::with_fleet(40, LIMITS);
    let mut run = OnTerminal::start(&desk.command("run fleet.csv --comment x"), 60);
    let text = run.wait_for("it asks", |text| text.contains("to continue:"));
    assert!(text.contains("offboard 40"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    assert!(text.contains("\n           5e1f0000-0000-4000-8000-0000000000c1"), "{text}");
    run.types("\u{3}");
    let (code, text) = run.end();
    assert_eq!(code, Some(7), "{text}");
    assert!(text.contains("nothing was queued"), "{text}");
}

#[test]
fn colours_follow_the_option_and_the_environment() {
    const RED: &str = "\u{1b}[31merror:\u{1b}[0m";
    let desk = Desk::new();
    let piped = |words: &str| desk.run(words).err;
    assert!(piped("status 1 --color always").starts_with(RED));
    assert!(piped("status 1").starts_with("error:"));
    assert!(!desk.run("status 1 --json --color always").out.contains('\u{1b}'));
    let on_terminal = |desk: &Desk, words: &str| {
        let run = OnTerminal::start(&desk.command(words), 80);
        let screen = run.screen().clone();
        let (_, text) = run.end();
        assert!(text.starts_with("error:"), "{text}");
        screen.raw()
    };
    assert!(on_terminal(&desk, "status 1").contains(RED));
    assert!(!on_terminal(&desk, "status 1 --color never").contains('\u{1b}'));
    let desk = desk.with("NO_COLOR", "1");
    assert!(!on_terminal(&desk, "status 1").contains('\u{1b}'));
    assert!(on_terminal(&desk, "status 1 --color always").contains(RED));
}

#[test]
fn a_bar_without_colours_and_without_utf_8_is_plain() {
    let desk = Desk::with_fleet(40, LIMITS).with("NO_COLOR", "1").with("LANG", "C");
    let run = start(&desk, "--limit 10/1m", 80);
    let text = run.wait_for("it waits", |text| text.contains("the limit per minute is used up"));
    let rows = picture(&text);
    assert!(rows[1].starts_with(" [#") && rows.concat().is_ascii(), "{text}");
    assert!(!run.screen().raw().contains("\u{1b}[3"), "a colour");
}

#[test]
fn lines_of_the_log_scroll_by_above_the_picture_and_neither_cuts_the_other() {
    let desk = Desk::with_fleet(40, LIMITS);
    let mut run = start(&desk, "--limit 10/1m -v", 100);
    let screen = run.screen().clone();
    let text = run.wait_for("it waits", |text| text.contains("the limit per minute is used up"));
    let rows = picture(&text);
    assert_eq!(rows.len(), 6, "{text}");
    assert!(!rows.concat().contains("mde_offboard::"), "{text}");
    run.types("\u{3}");
    let (code, text) = run.end();
    assert_eq!(code, Some(5), "{text}");
    check_no_picture(&text);
    let raw = screen.raw();
    let logged = raw.lines().filter(|line| line.contains(" mde_offboard::"));
    // A picture that was below it is taken off first.
    let logged = logged.map(|line| line.rsplit("\u{1b}[J").next().unwrap_or_default());
    let logged: Vec<&str> = logged.collect();
    for line in &logged {
        let is_whole = line.starts_with("20") && line.matches(" mde_offboard::").count() == 1;
        assert!(is_whole && !line.contains('\u{1b}'), "{line:?}");
    }
    let posts = logged.iter().filter(|line| line.contains("/offboard status=201")).count();
    assert_eq!(posts, 10, "{logged:#?}");
    assert!(logged.last().is_some_and(|line| line.contains("ended exit_code=5")), "{logged:#?}");
}

#[test]
fn the_short_help_fits_the_terminal() {
    let desk = Desk::new();
    for columns in [60, 80, 120] {
        for command in ["", "run ", "plan ", "resume "] {
            let run = OnTerminal::start(&desk.command(&format!("{command}-h")), columns);
            let screen = run.screen().clone();
            let (code, _) = run.end();
            assert_eq!(code, Some(0));
            let raw = screen.raw();
            let text = console::strip_ansi_codes(&raw).into_owned();
            // A command is there to be copied, whole.
            let lines = text.lines().filter(|line| !line.contains("mde-offboard "));
            for line in lines {
                let width = line.trim_end().chars().count();
                assert!(width <= usize::from(columns.min(100)), "{columns}, {command}: {line}");
            }
        }
    }
}

#[test]
fn a_terminal_that_goes_away_stops_nothing() {
    let desk = Desk::with_fleet(60, LIMITS);
    let (master, ours) = crate::support::pty::terminal();
    let mut run = desk.command("run fleet.csv --comment x --yes --limit 20/1s --track-timeout 5s");
    run.env("TERM", "xterm").stdout(Stdio::null()).stderr(ours);
    let mut child = run.spawn().unwrap();
    // Its ends of the terminal are closed with it.
    drop(run);
    desk.wait_for_posts(5, &mut child);
    drop(master);
    assert!(matches!(child.wait().unwrap().code(), Some(0 | 9)));
    assert_eq!(desk.posts(), 60);
}
