//! Bytes that are not those that were written.

use std::fs;

use super::site::Site;
use crate::support::program::{Said, kill};

type Damage = fn(&mut Vec<u8>);

/// A finished run, whose journal is one file; `command` is refused for the damage, and changes
/// nothing.
#[track_caller]
fn check(site: &Site, sound: &[u8], (name, damage): (&str, Damage), words: &[&str]) {
    let mut bytes = sound.to_vec();
    damage(&mut bytes);
    fs::write(site.desk.fleet_journal(), &bytes).unwrap();
    let before = site.desk.files();
    for command in ["run fleet.csv --comment Retired --yes", "resume 1 --yes"] {
        site.desk.run(command).ends_with(8).says_all(words);
        assert!(site.desk.files() == before, "{name}: {command} changed a file");
    }
}

#[test]
fn a_damaged_journal_is_refused_untouched_with_8_and_nothing_is_sent() {
    let site = Site::new(60);
    site.run().ends_with(0);
    let sound = fs::read(site.desk.fleet_journal()).unwrap();
    let posts = site.desk.posts();
    let foreign: [(&str, Damage); 4] = [
        ("another beginning", |bytes| bytes[..16].fill(b'#')),
        ("another program's number", |bytes| bytes[68..72].fill(7)),
        ("cut within the header", |bytes| bytes.truncate(50)),
        ("zeros", |bytes| bytes.fill(0)),
    ];
    for damage in foreign {
        check(&site, &sound, damage, &["is not a journal of this program", "--journal"]);
    }
    let damaged: [(&str, Damage); 4] = [
        ("the list of tables", |bytes| bytes[200..4_096].fill(0x5A)),
        ("a page of a table", |bytes| bytes[2 * 4_096..3 * 4_096].fill(0x5A)),
        ("the last page", |bytes| {
            let end = bytes.len();
            bytes[end - 4_096..].fill(0x5A);
        }),
        ("cut in the middle", |bytes| bytes.truncate(bytes.len() / 8_192 * 4_096)),
    ];
    for damage in damaged {
        let words = ["the journal is damaged", "with an earlier copy", "`mde-offboard resume`"];
        check(&site, &sound, damage, &words);
    }
    fs::write(site.desk.fleet_journal(), &sound).unwrap();
    site.run().ends_with(0).says("nothing is left to send");
    assert_eq!(site.desk.posts(), posts, "nothing was sent");
}

#[test]
#[cfg(unix)]
fn after_a_log_that_was_wiped_what_it_held_is_found_again_at_defender() {
    let site = Site::new(120);
    // The batch and its beginning are in the file: a run that ends well leaves no log.
    let mut first = site.start("40/1s");
    site.desk.wait_for_posts(10, &mut first);
    site.desk.run("stop").ends_with(0);
    Said::by(first).ends_with(5);
    // The rest is in the log when the process dies.
    let mut second = site.desk.start("resume 1 --yes --progress none");
    site.desk.wait_for_posts(60, &mut second);
    kill(&mut second);
    let log = site.desk.path("journal.db-wal");
    let length = fs::metadata(&log).unwrap().len();
    assert!(length > 0, "nothing was in the log");
    fs::write(&log, vec![0; usize::try_from(length).unwrap()]).unwrap();
    site.check_fixed("resume 1 --yes");
}
