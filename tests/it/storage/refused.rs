//! Places and files where no journal can be.

use std::fs;

use rusqlite::Connection;

use super::site::{Site, files};

/// Every command that would write is refused with 8, in these words, and nothing is sent.
#[track_caller]
fn check(site: &Site, journal: &str, words: &[&str]) {
    for command in ["run fleet.csv --comment x --yes", "resume 1", "status"] {
        let said = site.say(&format!("{command} --journal {journal}"));
        said.is(8, words);
    }
    assert_eq!(site.truth("posts"), 0);
}

#[test]
fn a_file_of_another_program_is_refused_untouched() {
    let site = Site::new(5);
    let other = Connection::open(site.path("other.db")).unwrap();
    other.execute_batch("PRAGMA application_id = 7; CREATE TABLE t (x)").unwrap();
    drop(other);
    let before = files(&site.path(""));
    for name in ["other.db", "fleet.csv"] {
        check(&site, name, &["is not a journal of this program", "name another file"]);
    }
    assert!(files(&site.path("")) == before, "a file was changed");
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let site = Site::new(5);
    site.say("run fleet.csv --comment x --yes --expect-count 4").is(7, &[]);
    let newer = Connection::open(site.journal()).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(newer);
    let before = fs::read(site.journal()).unwrap();
    check(&site, "journal.db", &["has schema 99", "use the newer version"]);
    assert!(fs::read(site.journal()).unwrap() == before, "it was changed");
}

#[test]
fn an_empty_file_is_no_batch_and_becomes_a_journal() {
    let site = Site::new(5);
    fs::write(site.journal(), "").unwrap();
    site.say("resume").is(2, &["journal.db is empty", "`run FILE` makes one"]);
    site.check_mended("run");
}

#[test]
#[cfg(target_os = "linux")]
fn where_nobody_may_write_nothing_is_queued_or_sent() {
    let site = Site::new(5);
    // Not even an administrator makes a file there.
    let said = site.say("run fleet.csv --comment x --yes --journal /proc/journal.db");
    said.is(8, &["cannot be used", "give this user the right", "--journal"]);
    assert_eq!(site.truth("posts"), 0);
}

#[test]
fn a_folder_is_no_journal() {
    let site = Site::new(5);
    let folder = site.path("");
    check(&site, folder.to_str().unwrap(), &["cannot be used", "--journal"]);
}
