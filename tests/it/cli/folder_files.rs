//! A file of settings that lies in the current folder, beside the user's own.

use crate::support::desk::Desk;
use crate::support::program::{Complete, native};

use super::rehearsed::TOO_MANY;

const OWN: &str = "data/.config/mde-offboard/mde-offboard.toml";

const HERE: &str = "mde-offboard.toml";

const FLEET: &str = "Device ID,Device Name\n\
    1111111111111111111111111111111111111111,pc-1\n\
    2222222222222222222222222222222222222222,dc-1\n\
    3333333333333333333333333333333333333333,sql-1\n";

/// A desk with a list, the user's own settings, and a file in the current folder.
fn desk(own: &str, here: &str) -> Desk {
    let desk = Desk::with_file("fleet.csv", FLEET);
    std::fs::create_dir_all(desk.path(OWN).parent().unwrap()).unwrap();
    desk.file(OWN, own).file(HERE, here);
    desk.file("data/.config/mde-offboard/dc.toml", "names = [\"dc-*\"]\n");
    desk.file("sql.toml", "names = [\"sql-*\"]\n");
    desk
}

#[test]
fn a_file_in_the_folder_does_not_take_the_own_protect_list_away() {
    let own = "protect = \"dc.toml\"\n";
    let check = |desk: &Desk, words: &str, to_send: &str| {
        let said = desk.run(&format!("{TOO_MANY} fleet.csv {words}")).ends_with(7);
        said.says(&format!("{to_send} would be sent"));
    };
    check(&desk(own, "timeout = \"9s\"\n"), "", "2 machines");
    check(&desk(own, "protect = \"sql.toml\"\n"), "", "1 machine");
    check(&desk("", "protect = \"sql.toml\"\n"), "", "2 machines");
    let of_profile = "[profile.a]\nprotect = \"sql.toml\"\n";
    check(&desk(own, of_profile), "--profile a", "1 machine");
    let own_profile = format!("[profile.a]\n{own}");
    check(&desk(&own_profile, of_profile), "--profile a", "1 machine");
    // As without a file in the folder, who types a list means that list.
    check(&desk(own, "protect = \"sql.toml\"\n"), "--protect sql.toml", "2 machines");
}

#[test]
fn both_lists_are_remembered_by_the_batch() {
    let desk = desk("protect = \"dc.toml\"\n", "protect = \"sql.toml\"\n");
    desk.run(
        "run fleet.csv --comment x --simulate --fleet ordinary --yes --track-timeout 0 \
         --progress none",
    );
    let report = desk.run("report --simulate").ends_with(0);
    assert_eq!(report.out.matches("skipped,protected").count(), 2, "{report}");
    // What it remembers can be read again.
    desk.run("track --simulate --fleet ordinary --track-timeout 0 --progress none").ends_with(9);
}

#[test]
fn a_file_in_the_folder_does_not_weaken_a_guard() {
    let own = "max_machines = 1\nmax_share = \"5%\"\ncanary = 3\nbetween = \"22:00-06:00\"\n\
               on_uncertain = \"hold\"\nmax_failures = 2\ncanary_wait = \"2h\"\n";
    let here = "max_machines = 9\nmax_share = \"90%\"\ncanary = 0\nbetween = \"00:00-23:00\"\n\
                on_uncertain = \"resend\"\nmax_failures = 99\ncanary_wait = \"1s\"\n\
                concurrency = 2\n";
    let said = desk(own, here).run("config show --json").ends_with(0).json();
    let value = |name: &str| {
        let settings = said["settings"].as_array().unwrap();
        let setting = settings.iter().find(|setting| setting["name"] == name).unwrap();
        setting["value"].as_str().unwrap().to_owned()
    };
    for (name, own) in [
        ("max_machines", "1"),
        ("max_share", "5%"),
        ("canary", "3"),
        ("between", "22:00-06:00"),
        ("on_uncertain", "hold"),
        ("max_failures", "2"),
        ("canary_wait", "2h"),
        ("concurrency", "2"),
    ] {
        assert_eq!(value(name), own, "{name}");
    }
    let desk = desk(own, here);
    desk.run(&format!("{TOO_MANY} fleet.csv")).ends_with(7).says("--max-machines");
}

#[test]
fn a_guard_is_not_lost_by_a_capital_letter_in_the_name_of_a_profile() {
    let own = "[profile.contoso]\nmax_machines = 1\n";
    let here = "[profile.Contoso]\nmax_machines = 9\n";
    let words = "config show --json --profile Contoso";
    let said = desk(own, here).run(words).ends_with(0).json();
    let settings = said["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["name"] == "max_machines").unwrap();
    assert_eq!(setting["value"], "1", "{said}");
}

#[test]
fn both_files_are_named_where_it_matters() {
    let said_by = |own: &str, words: &str| {
        let desk = desk(own, "timeout = \"9s\"\n");
        let said = desk.run(words);
        said.says(HERE).says(&native(OWN))
    };
    for words in [
        "plan fleet.csv --comment x --offline",
        "run fleet.csv --comment x --simulate --yes --expect-count 9",
        "check",
        "config show",
    ] {
        said_by("", words);
    }
    let plan = "plan fleet.csv --comment x --offline";
    said_by("canary = 3\n", plan).says("its guards hold: canary");
    // A single file needs no note.
    let desk = Desk::with_file("fleet.csv", FLEET);
    desk.file(HERE, "timeout = \"9s\"\n");
    desk.run(plan).never_says("Your own file");
}

#[test]
fn an_own_file_that_cannot_be_read_is_no_reason_to_forget_its_guards() {
    let desk = desk("protect = \n", "");
    desk.run("plan fleet.csv --comment x --offline").ends_with(2).says(&native(OWN));
}

#[test]
fn a_profile_of_the_own_file_alone_says_where_it_is() {
    let desk = desk("[profile.a]\n", "");
    let said = desk.run("status --profile a").ends_with(2);
    said.says("your own file has it: --config ").says(&native(OWN));
}

#[test]
fn in_the_folder_of_the_own_settings_they_are_the_own_ones() {
    let desk = desk("proxy = \"http://127.0.0.1:9\"\n", "");
    let mut command = desk.command("config show");
    command.current_dir(desk.path("data/.config/mde-offboard"));
    let said = command.said();
    said.ends_with(0).says(", your own").says("http://127.0.0.1:9");
}
