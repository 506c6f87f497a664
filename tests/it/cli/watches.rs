//! `status --watch`, from another terminal: before a run, beside it, after it died.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout};

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::program::{Running, Said, kill, signal};
use crate::support::waiting::holds_soon;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 2s \
                   --poll-interval 200ms --track-timeout 1m";

/// A watch whose lines are read.
struct Watch {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<String>,
}

impl Watch {
    fn start(desk: &Desk, words: &str) -> Self {
        let mut child = desk.start_on_console(words);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, seen: Vec::new() }
    }

    /// Reads on to a line with all of these words.
    #[track_caller]
    fn comes_to(&mut self, words: &[&str]) -> String {
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            self.seen.push(line.clone());
            if words.iter().all(|words| line.contains(words)) {
                return line;
            }
        }
        panic!("never {words:?}: {:#?}", self.seen)
    }

    /// What it ends with; all lines that it wrote.
    fn end(mut self) -> (Option<i32>, Vec<String>) {
        self.seen.extend(self.lines.map(Result::unwrap));
        (self.child.wait().unwrap().code(), self.seen)
    }
}

/// A tenant with 40 machines, of which 10 are taken in a second.
fn fleet() -> Desk {
    Desk::with_fleet(40, "--limit 1000/1s --limit 5000/1m")
}

const SLOW: &str = "--pace steady --limit 10/1s";

#[test]
fn a_watch_without_a_batch_waits_for_one_and_ends_with_it() {
    let desk = fleet();
    let mut watch = Watch::start(&desk, "status --watch");
    watch.comes_to(&["waiting for a batch: ", "journal.db does not exist yet"]);
    desk.run(&format!("{RUN} {SLOW}")).ends_with(0);
    let (code, lines) = watch.end();
    assert_eq!(code, Some(0));
    let last = lines.last().unwrap();
    assert!(last.contains(" batch=1 sent=40/40 ") && last.contains(" running=no "), "{lines:#?}");
    assert!(lines.len() < 10, "it says the same again and again: {lines:#?}");
    // It is over, so there is nothing to wait for.
    let again = Watch::start(&desk, "status 1 --watch").end();
    assert_eq!((again.0, again.1.len()), (Some(0), 1), "{again:?}");
}

#[test]
fn a_watch_tells_who_runs_that_it_died_and_what_goes_on_and_stays_until_all_is_sent() {
    let desk = fleet();
    let mut run = desk.start_quietly(&format!("{RUN} --pace steady --limit 60/1h"));
    let mut watch = Watch::start(&desk, "status --watch");
    let words = format!(" running={} last_sign_of_life=", run.id());
    watch.comes_to(&[" batch=1 ", &words, " last="]);
    kill(&mut run);
    let line =
        watch.comes_to(&[" running=no last_sign_of_life=", "next=\"mde-offboard resume 1\""]);
    assert!(!line.contains(" ended="), "{line}");
    desk.run("resume 1 --progress none --pace burst --limit 5000/1s").ends_with(0);
    let (code, lines) = watch.end();
    assert_eq!(code, Some(0), "{lines:#?}");
    let last = lines.last().unwrap();
    assert!(last.contains("running=no") && last.contains(" sent=40/40 "), "{lines:#?}");
}

#[test]
fn a_watch_of_a_batch_that_is_not_there_is_refused() {
    let desk = fleet();
    desk.run(RUN).ends_with(0);
    desk.run("status 9 --watch").ends_with(2).says("there is no batch 9");
    desk.file("journal.db", "no journal");
    desk.run("status --watch").ends_with(8);
}

#[test]
fn documents_of_a_watch_are_one_a_line() {
    let desk = fleet();
    let run = Running(desk.start_quietly(&format!("{RUN} --pace steady --limit 60/1h")));
    let mut watch = Watch::start(&desk, "status --watch --json");
    // A run has the journal before it gives its first sign of life.
    let alive = watch.comes_to(&["\"running\":true", "\"last_sign_of_life\":\""]);
    let document: Value = serde_json::from_str(&alive).unwrap();
    assert_eq!(document["schema"], "mde-offboard.status/1");
    drop(run);
    let document: Value = serde_json::from_str(&watch.comes_to(&["\"running\":false"])).unwrap();
    assert_eq!(document["next"]["command"], "mde-offboard resume 1");
    kill(&mut watch.child);
}

#[test]
fn a_signal_ends_a_watch_with_0_and_the_run_goes_on() {
    let desk = fleet();
    let run = desk.start_quietly(&format!("{RUN} {SLOW}"));
    for name in ["-INT", "-TERM"] {
        let mut watch = Watch::start(&desk, "status --watch");
        watch.comes_to(&["running="]);
        signal(&watch.child, name);
        assert_eq!(watch.end().0, Some(0), "{name}");
    }
    let code = Said::by(run).code;
    assert_eq!(code, Some(0), "the watch was in its way");
}

#[test]
fn a_watch_whose_reader_is_gone_ends_quietly() {
    let desk = fleet();
    let run = Running(desk.start_quietly(&format!("{RUN} --pace steady --limit 60/1h")));
    let mut watch = Watch::start(&desk, "status --watch");
    watch.comes_to(&["running="]);
    drop(watch.lines);
    // What it would write next is the news of this.
    drop(run);
    let said = Said::by(watch.child).ends_with(0);
    assert_eq!(said.err, "");
}

#[cfg(target_os = "linux")]
mod on_a_terminal {
    use std::process::Child;

    use crate::support::desk::Desk;
    use crate::support::program::{Running, kill, signal};
    use crate::support::pseudo_terminal::PseudoTerminal;
    use crate::support::pty;
    use crate::support::waiting::wait_until;

    use super::{RUN, SLOW, fleet};

    fn watch(desk: &Desk, rows: u16, columns: u16) -> (PseudoTerminal, Child) {
        let (terminal, other_end) = PseudoTerminal::open(rows, columns);
        let mut watch = desk.command("status --watch");
        (terminal, watch.env("TERM", "xterm").stdout(other_end).spawn().unwrap())
    }

    /// Waits until the screen holds all of these words.
    #[track_caller]
    fn shows(terminal: &mut PseudoTerminal, words: &[&str]) -> String {
        let mut shown = String::new();
        wait_until("the screen shows it", || {
            shown = terminal.shown();
            words.iter().all(|words| shown.contains(words))
        });
        shown
    }

    /// Waits for this many more pictures; the first one may have been under way already.
    #[track_caller]
    fn drawn_again(terminal: &mut PseudoTerminal, pictures: usize) {
        let before = terminal.written.len();
        wait_until("it is drawn again", || {
            terminal.shown();
            let written = String::from_utf8_lossy(&terminal.written[before..]).into_owned();
            written.matches("running: process").count() >= pictures
        });
    }

    #[test]
    fn the_picture_stays_in_its_place_and_follows_the_size_of_the_terminal() {
        let desk = fleet();
        let (mut terminal, mut watch) = watch(&desk, 24, 80);
        shows(&mut terminal, &["waiting for a batch: ", "does not exist yet", "`run FILE`"]);
        let mut run = desk.start_quietly(&format!("{RUN} --pace steady --limit 60/1h"));
        let shown = shows(&mut terminal, &["Batch 1", "running: process", "stop it safely"]);
        assert!(!shown.contains("waiting for a batch"), "{shown}");
        assert_eq!(shown.matches("Batch 1").count(), 1, "{shown}");
        for (rows, columns) in [(10, 60), (5, 40), (30, 120)] {
            terminal.resize(rows, columns);
            drawn_again(&mut terminal, 3);
            let shown = shows(&mut terminal, &["running: process", "stop it safely"]);
            let once = |words| shown.matches(words).count() == 1;
            assert!(once("stop it safely") && once("running: process"), "{rows}: {shown}");
            assert!(shown.lines().count() < usize::from(rows), "{rows}: {shown}");
        }
        kill(&mut run);
        shows(&mut terminal, &["not running: the last sign of life", "mde-offboard resume 1"]);
        signal(&watch, "-INT");
        assert_eq!(watch.wait().unwrap().code(), Some(0));
        let erases_all = terminal.written.windows(4).filter(|four| four == b"\x1b[2J").count();
        assert!(erases_all <= 3, "it flickers: erased {erases_all} times for three sizes");
    }

    #[test]
    fn the_last_picture_of_a_batch_that_ended_stays_whole() {
        let desk = fleet();
        let run = Running(desk.start_quietly(&format!("{RUN} {SLOW}")));
        let (mut terminal, mut watch) = watch(&desk, 24, 100);
        assert_eq!(watch.wait().unwrap().code(), Some(0));
        let shown = terminal.shown();
        assert!(shown.contains("40 accepted, 0 refused, 0 to go"), "{shown}");
        assert!(shown.contains("not running since"), "{shown}");
        drop(run);
    }

    #[test]
    fn a_terminal_that_is_paused_holds_up_neither_the_run_nor_the_end_of_the_watch() {
        let desk = fleet();
        let mut run = desk.start_quietly(&format!("{RUN} {SLOW}"));
        // Nothing is read: a terminal takes some kilobytes, which is some pictures.
        let (_terminal, other_end) = PseudoTerminal::open(24, 80);
        pty::fill(&pty::path_of(&other_end));
        let mut command = desk.command("status --watch");
        let mut watch = command.env("TERM", "xterm").stdout(other_end).spawn().unwrap();
        assert_eq!(run.wait().unwrap().code(), Some(0));
        signal(&watch, "-TERM");
        assert_eq!(watch.wait().unwrap().code(), Some(0));
    }
}

#[test]
#[cfg(unix)] // Windows says so only to those who write.
fn a_watch_whose_reader_has_gone_ends_although_it_has_nothing_to_write() {
    let desk = fleet();
    let check = |words: &str| {
        let mut watch = Watch::start(&desk, words);
        watch.comes_to(&[""]);
        let Watch { mut child, lines, .. } = watch;
        drop(lines);
        let mut code = None;
        let has_ended = holds_soon(|| {
            code = child.try_wait().unwrap();
            code.is_some()
        });
        if !has_ended {
            kill(&mut child);
        }
        assert_eq!(code.and_then(|status| status.code()), Some(0), "{words}: it goes on");
    };
    // Without a batch it writes one line, ever.
    check("status --watch");
    let mut run = desk.start_quietly(&format!("{RUN} --pace steady --limit 60/1h"));
    desk.wait_for("status --json", |status| status["running"] == true);
    // It writes the next line after half a minute.
    check("status --watch");
    check("status --watch --json");
    kill(&mut run);
}
