//! Another program that has locked the journal: a backup, a database browser.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Child;

use rusqlite::Connection;

use crate::support::program::{Said, signal};

use super::site::{AT_ONCE, Site};

/// What the program logs for each second that it waits.
const WAITS: &str = "another program has locked the journal";

fn hold(journal: &Path, how: &str) -> Connection {
    let other = Connection::open(journal).unwrap();
    other.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
    other.execute_batch(how).unwrap();
    other
}

/// A run that has sent something, whose journal is then held; it has waited for this many seconds.
fn waiting(site: &Site, seconds: usize) -> (Connection, Child, BufReader<impl Read>) {
    let mut run = site.start("40/1s -v");
    let mut log = BufReader::new(run.stderr.take().unwrap());
    site.desk.wait_for_posts(10, &mut run);
    let other = hold(&site.desk.fleet_journal(), "BEGIN IMMEDIATE");
    let mut line = String::new();
    for _ in 0..seconds {
        line.clear();
        while !line.contains(WAITS) {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "it did not wait");
        }
    }
    (other, run, log)
}

fn end(mut run: Child, mut log: BufReader<impl Read>) -> Said {
    let (mut err, mut out) = (String::new(), String::new());
    log.read_to_string(&mut err).unwrap();
    run.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    let code = run.wait().unwrap().code();
    Said { code, out, err }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{AT_ONCE, Site, WAITS, end, hold, signal, waiting};

    #[test]
    fn a_lock_that_is_given_back_is_waited_for_and_nothing_is_sent_meanwhile() {
        let site = Site::new(60);
        let (other, run, log) = waiting(&site, 7);
        let posts = site.desk.posts();
        drop(other);
        end(run, log).ends_with(0);
        assert!(posts < site.machines - AT_ONCE, "{posts} were sent while it was held");
        assert_eq!(site.desk.truth().number("max_posts_per_machine"), 1);
        assert_eq!(site.desk.truth().number("effects_total"), site.machines);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lock_that_is_kept_ends_the_run_with_the_process_that_has_it_and_ctrl_c_need_not_wait() {
        let site = Site::new(120);
        let (other, run, log) = waiting(&site, 2);
        let posts = site.desk.posts();
        signal(&run, "-INT");
        let process = format!("journal.db` (process {}", std::process::id());
        let said = end(run, log).ends_with(8).says_all(&[
            "error: another program has locked",
            &process,
            "end it or wait for it",
        ]);
        assert!(said.err.matches(WAITS).count() < 10, "{said}");
        assert!(site.desk.posts() <= posts + AT_ONCE, "it went on: {said}");
        site.desk.run("status").ends_with(0).says("not running");
        drop(other);
        site.check_intents();
        site.check_fixed("resume");
    }

    #[test]
    fn who_only_looks_waits_a_few_seconds_and_says_what_is_in_the_way() {
        let site = Site::new(5);
        site.run().ends_with(0);
        let exclusive =
            "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM stop_requests";
        let other = hold(&site.desk.fleet_journal(), exclusive);
        for command in ["status", "report", "check", "stop 1"] {
            let said = site.desk.run(command).ends_with(8);
            let said = said.says_all(&["another program has locked", "end it or wait for it"]);
            if cfg!(target_os = "linux") {
                said.says_all(&[&format!("process {}", std::process::id())]);
            }
        }
        drop(other);
        site.desk.run("status").ends_with(0).says("Batch 1");
    }
}
