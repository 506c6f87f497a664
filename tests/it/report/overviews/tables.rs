//! Which journals are in the table, and what is said of those that cannot be read.

use mde_offboard::domain::End;

use crate::documents::fits::check;
use crate::support::desk::Desk;
use crate::support::journals::until_free;
use crate::support::program::native;

use super::{FOLDER, desk, ended, journal, left, overview, row, succeeded};

fn damage(desk: &Desk, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let path = journal(desk, name);
    let mut bytes = std::fs::read(&path).unwrap();
    change(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
}

/// Two good journals, two that cannot be read, and other files.
fn mixed() -> Desk {
    let desk = desk();
    for name in ["good", "better", "cut", "newer"] {
        left(&desk, name, 2, |book| {
            succeeded(book, 2);
            ended(book, End::Settled, "");
        });
    }
    damage(&desk, "cut", |bytes| bytes.truncate(2_000));
    // https://www.sqlite.org/fileformat.html: the version of the schema.
    damage(&desk, "newer", |bytes| bytes[60..64].copy_from_slice(&99_u32.to_be_bytes()));
    let folder = desk.path(FOLDER);
    std::fs::copy(journal(&desk, "good"), folder.join("good.db.schema-6")).unwrap();
    std::fs::copy(journal(&desk, "good"), folder.join(".mde-offboard-ab.part")).unwrap();
    std::fs::create_dir(folder.join("deeper")).unwrap();
    std::fs::copy(journal(&desk, "good"), folder.join("deeper/unseen.db")).unwrap();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    std::fs::write(folder.join("empty.db"), "").unwrap();
    let other = rusqlite::Connection::open(folder.join("other.db")).unwrap();
    other.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
    std::fs::write(folder.join("other.db-wal"), "").unwrap();
    desk
}

#[test]
fn a_folder_is_its_own_journals_and_other_files_are_counted_and_left_alone() {
    let desk = mixed();
    let said = desk.run(&format!("status --json --journal {FOLDER}")).ends_with(8);
    let document = said.json();
    check("overview", &document);
    assert_eq!(document["totals"]["journals"], 4, "{document:#}");
    let said = said.says("note: 4 other files in tenants are no journals, and were left alone");
    assert_eq!(said.err.lines().count(), 1, "{said}");
    assert_eq!(std::fs::read(desk.path("tenants/notes.txt")).unwrap(), b"mine");
}

#[test]
fn a_journal_that_cannot_be_read_has_a_row_that_says_why_and_the_rest_is_shown() {
    let desk = mixed();
    let document = overview(&desk, 8);
    for (name, why) in [("cut", "damaged"), ("newer", "schema 99")] {
        let row = row(&document, name);
        assert_eq!(row["state"], "unreadable");
        assert!(row["error"].as_str().unwrap().contains(why), "{row:#}");
    }
    assert_eq!(row(&document, "good")["state"], "settled");
    let totals = &document["totals"];
    assert_eq!((&totals["unreadable"], &totals["sent"]), (&2.into(), &4.into()));
    let said = desk.run(&format!("status --journal {FOLDER}")).ends_with(8);
    let said = said.says_all(&["cannot be read", "schema 99", "2 not readable", "settled"]);
    let at = |words: &str| said.out.find(words).unwrap();
    assert!(at("cut.db") < at("good.csv") && at("newer.db") < at("good.csv"), "{said}");
    // One that is not there is no reason to show nothing either.
    let words = format!("--journal {FOLDER}/good.db --journal {FOLDER}/none.db");
    let said = desk.run(&format!("status {words}")).ends_with(8);
    said.says_all(&["settled", "there is no journal at", "2 journals: 1 needs a person"]);
}

#[test]
fn a_journal_counts_once_under_however_many_names_and_a_single_file_is_shown_as_ever() {
    let desk = desk();
    left(&desk, "one", 2, |_| ());
    let file = format!("{FOLDER}/one.db");
    let said = desk.run(&format!("status --json --journal {FOLDER} --journal {file}"));
    assert_eq!(said.ends_with(0).json()["totals"]["journals"], 1);
    let single = desk.run(&format!("status --json --journal {file}")).ends_with(0).json();
    assert_eq!(single["schema"], "mde-offboard.status/1");
    let said = desk.run(&format!("status --json --journal {FOLDER}")).ends_with(0).json();
    assert_eq!(said["schema"], "mde-offboard.overview/1");
    // Of two places the command line would keep one, and a tenant would be missing.
    left(&desk, "two", 2, |_| ());
    let said = desk.run(&format!("--journal {FOLDER}/two.db status --journal {file} --json"));
    said.ends_with(2).says("--journal is both before and after the command");
}

#[test]
fn the_profile_of_a_tenant_is_its_name_and_commands_about_it_carry_the_profile() {
    let desk = desk();
    for name in ["alpha", "beta", "gamma"] {
        left(&desk, name, 2, |_| ());
    }
    desk.file(
        "conf.toml",
        "[profile.Alpine]\njournal = \"tenants/alpha.db\"\n[profile.Boreal]\ntenant_id = \"beta\"\n\
         [profile.one]\ntenant_id = \"gamma\"\n[profile.two]\ntenant_id = \"gamma\"\n",
    );
    let words = format!("status --config conf.toml --journal {FOLDER}");
    let document = desk.run(&format!("{words} --json")).ends_with(0).json();
    for (name, profile) in [("alpha", "Alpine"), ("beta", "Boreal")] {
        assert_eq!(row(&document, name)["profile"], profile);
        let command = row(&document, name)["next"]["command"].as_str().unwrap();
        let path = native(&format!("tenants/{name}.db"));
        let carried = format!("resume 1 --profile {profile} --journal {path} --config conf.toml");
        assert_eq!(command, format!("mde-offboard {carried}"));
    }
    assert!(row(&document, "gamma")["profile"].is_null(), "it may be one of two");
    let said = desk.run(&words).ends_with(0);
    said.says_all(&["\nAlpine ", "\nBoreal ", "\ngamma "]);
}

#[test]
fn to_look_at_journals_changes_none_of_them() {
    let desk = mixed();
    left(&desk, "died", 2, |book| book.accepted(1, 0));
    until_free(&journal(&desk, "died"));
    let state = || {
        let files = std::fs::read_dir(desk.path(FOLDER)).unwrap().map(|file| {
            let file = file.unwrap();
            let metadata = file.metadata().unwrap();
            let bytes = metadata.is_file().then(|| std::fs::read(file.path()).unwrap());
            (file.file_name(), metadata.modified().unwrap(), bytes)
        });
        let mut files: Vec<_> = files.filter(|(_, _, bytes)| bytes.is_some()).collect();
        files.sort();
        files
    };
    let before = state();
    for words in ["status", "status --json", "batches", "report"] {
        desk.run(&format!("{words} --journal {FOLDER}")).ends_with(8);
        assert!(state() == before, "{words} changed a file");
    }
}
