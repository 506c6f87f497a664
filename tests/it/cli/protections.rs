//! `--protect`: what must never be offboarded is not.

use crate::support::desk::Desk;

use super::rehearsed::TOO_MANY;

const FLEET: &str = "Device ID,Device Name,Tags,Group\n\
    1111111111111111111111111111111111111111,pc-1,,\n\
    2222222222222222222222222222222222222222,DC-01.corp.example,,\n\
    3333333333333333333333333333333333333333,pc-3,\"Berlin, KEEP\",\n\
    4444444444444444444444444444444444444444,pc-4,,Tier 0\n\
    5555555555555555555555555555555555555555,pc-5,keep it,Tier 1\n";

#[test]
fn machines_on_the_protect_list_are_left_out() {
    let desk = Desk::with_file("fleet.csv", FLEET);
    desk.file("protect.toml", "names = [\"dc*\"]\ntags = [\"keep\"]\ngroups = [\"tier 0\"]\n");
    desk.run(&format!("{TOO_MANY} fleet.csv --protect protect.toml"))
        .ends_with(7)
        .says("3 machines skipped: protected")
        .says("2 machines would be sent");
    desk.run(&format!("{TOO_MANY} fleet.csv --protect protect.toml --on protected=refuse"))
        .ends_with(7)
        .says("3 machines are protected, for instance DC-01.corp.example in line 3");
}

#[test]
fn a_protect_list_that_cannot_be_used_ends_the_command_before_anything_is_read() {
    let desk = Desk::with_file("fleet.csv", FLEET);
    desk.file("typo.toml", "names = [\"dc*\"]\ntag = [\"keep\"]\n");
    desk.file("latin.toml", b"tags = [\"\xfcber\"]\n");
    desk.file("large.toml", "#".repeat(9 * 1024 * 1024));
    for (name, said) in [
        ("typo.toml", "--protect typo.toml: line 2: unknown field `tag`"),
        ("latin.toml", "this is not UTF-8"),
        ("large.toml", "larger than 8 MiB"),
        (".", "not a regular file"),
        ("none.toml", "the file cannot be read"),
    ] {
        desk.run(&format!("{TOO_MANY} fleet.csv --protect {name}"))
            .ends_with(2)
            .says(said)
            .says("hint: ");
    }
}
