//! Places and files where no journal can be.

use std::fs;

use rusqlite::Connection;

use super::site::Site;

/// Every command that would write is refused with 8, in these words, and nothing is sent.
#[track_caller]
fn check(site: &Site, journal: &str, words: &[&str]) {
    for command in ["run fleet.csv --comment x --yes", "resume 1", "status"] {
        let said = site.desk.run(&format!("{command} --journal {journal}"));
        said.ends_with(8).says_all(words);
    }
    assert_eq!(site.desk.posts(), 0);
}

#[test]
fn a_file_of_another_program_is_refused_untouched() {
    let site = Site::new(5);
    let other = Connection::open(site.desk.path("other.db")).unwrap();
    other.execute_batch("PRAGMA application_id = 7; CREATE TABLE t (x)").unwrap();
    drop(other);
    let before = site.desk.files();
    for name in ["other.db", "fleet.csv"] {
        check(&site, name, &["is not a journal of this program", "name another file"]);
    }
    assert!(site.desk.files() == before, "a file was changed");
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let site = Site::new(5);
    site.desk.run("run fleet.csv --comment x --yes --expect-count 4").ends_with(7);
    let newer = Connection::open(site.desk.fleet_journal()).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(newer);
    let before = fs::read(site.desk.fleet_journal()).unwrap();
    check(&site, "journal.db", &["has schema 99", "use the newer version"]);
    assert!(fs::read(site.desk.fleet_journal()).unwrap() == before, "it was changed");
}

#[test]
fn an_empty_file_is_no_batch_and_becomes_a_journal() {
    let site = Site::new(5);
    fs::write(site.desk.fleet_journal(), "").unwrap();
    site.desk.run("resume").ends_with(2).says_all(&["journal.db is empty", "`run FILE` makes one"]);
    site.check_fixed("run");
}

#[test]
#[cfg(target_os = "linux")]
fn where_nobody_may_write_nothing_is_queued_or_sent() {
    let site = Site::new(5);
    // Not even an administrator makes a file there.
    let said = site.desk.run("run fleet.csv --comment x --yes --journal /proc/journal.db");
    said.ends_with(8).says_all(&["cannot be used", "give this user the right", "--journal"]);
    assert_eq!(site.desk.posts(), 0);
}

#[test]
fn a_folder_is_no_journal_and_may_be_one_of_journals() {
    let site = Site::new(5);
    let folder = site.desk.path("").to_str().unwrap().to_owned();
    for command in ["run fleet.csv --comment x --yes", "resume 1"] {
        let said = site.desk.run(&format!("{command} --journal {folder}")).ends_with(2);
        said.says_all(&["is a folder", "--journal"]);
    }
    let said = site.desk.run(&format!("status --journal {folder}")).ends_with(2);
    said.says_all(&["there is no journal in", "--journal"]);
    assert_eq!(site.desk.posts(), 0);
}
