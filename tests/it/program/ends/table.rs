//! Every way in which a run can end, and what each screen then claims: compared with the journal's
//! rows, and with the requests that reached the server.

use crate::support::desk::Desk;
use crate::support::program::Said;

use super::claims::{Screen, check};
use super::documents::check_events;
use super::rows::{ROWS, Row, waiting};
use super::truth::Rows;

/// The screens of a batch whose run has ended, beside what the command itself said.
const SCREENS: [&str; 7] = [
    "status",
    "status --json",
    "status --watch",
    "batches",
    "report --format json",
    "show pc-",
    "report --format csv",
];

#[track_caller]
fn check_row(row: &Row) {
    let ended = (row.make)();
    let rows = Rows::of(&ended.desk.fleet_journal(), &ended.tenant.reached());
    let rows = Rows { is_tracked: row.end.starts_with("tracked"), ..rows };
    assert_eq!(ended.said.code, row.code, "{}: {}", row.end, ended.said);
    let mut screens = vec![Screen { name: "the command", said: ended.said }];
    for words in SCREENS {
        // A watch stays where something is left to send.
        let said = match words {
            "status --watch" if rows.left() > 0 => continue,
            "show pc-" => shows(&ended.desk, rows.machines()),
            words => ended.desk.run(words).ends_with(0),
        };
        screens.push(Screen { name: words, said });
    }
    for screen in &screens {
        check(row.end, &rows, screen);
    }
    // `cancel` writes none.
    let file = ended.desk.path("events.ndjson");
    if let Ok(lines) = std::fs::read_to_string(file)
        && !row.end.contains("cancel")
        && !row.end.contains("twice")
    {
        check_events(row.end, &rows, &lines);
    }
}

/// `show` of each machine, one after the other.
fn shows(desk: &Desk, machines: u32) -> Said {
    let said: Vec<Said> =
        (1..=machines).map(|n| desk.run(&format!("show pc-{n}")).ends_with(0)).collect();
    let out: Vec<&str> = said.iter().map(|said| said.out.as_str()).collect();
    Said { code: Some(0), out: out.join("\n"), err: String::new() }
}

/// `MDE_OFFBOARD_END=retried` takes only the rows with this word.
#[test]
fn every_end_is_told_as_it_is_on_every_screen() {
    let wanted = std::env::var("MDE_OFFBOARD_END").unwrap_or_default();
    std::thread::scope(|scope| {
        for row in ROWS.iter().filter(|row| row.end.contains(&wanted)) {
            scope.spawn(move || check_row(row));
        }
    });
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{Rows, SCREENS, Screen, check, shows, waiting};

    /// Not at the end: the limit is used up, and nothing moves.
    #[test]
    fn while_a_run_waits_all_screens_agree() {
        let ended = waiting();
        let rows = Rows::of(&ended.desk.fleet_journal(), &ended.tenant.reached());
        let rows = Rows { runs: true, ..rows };
        for words in SCREENS {
            let said = match words {
                "status --watch" => ended.desk.first_line("status --watch"),
                "show pc-" => shows(&ended.desk, rows.machines()),
                words => ended.desk.run(words).ends_with(0),
            };
            check("waiting", &rows, &Screen { name: words, said });
        }
        let lines = ended.said.err.lines().filter(|line| line.contains(" waiting=")).count();
        assert!(lines > 0, "{}", ended.said);
        check("waiting", &rows, &Screen { name: "the plain line", said: ended.last_line() });
    }
}
