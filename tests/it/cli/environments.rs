//! Variables and arguments as the system gives them, also with other bytes than UTF-8.

use crate::support::desk::Desk;
use crate::support::program::Complete;

#[test]
fn settings_of_very_many_profiles_are_read_at_once() {
    use std::fmt::Write;
    use std::time::Duration;

    use crate::support::waiting::pass;

    let desk = Desk::new();
    let mut text = String::new();
    for number in 0..18_000 {
        let settings = "protect='a'\nca_file='a'\njournal='a'";
        writeln!(text, "[profile.p{number}]\n{settings}").unwrap();
    }
    assert!(text.len() < 1 << 20);
    desk.file("settings.toml", text);
    let mut process = desk.start_quietly("config show --config settings.toml --profile p17999");
    // With a time that grows with the square of the profiles it takes minutes.
    pass(Duration::from_secs(30), &mut process);
    let ended = process.try_wait().unwrap();
    if ended.is_none() {
        crate::support::program::kill(&mut process);
    }
    assert_eq!(ended.and_then(|status| status.code()), Some(0), "still at it, or refused");
    let said = desk.run("run x --config settings.toml --profile q").ends_with(2);
    assert!(said.err.len() < 2_000, "{} bytes about profiles", said.err.len());
}

#[cfg(unix)]
mod bytes {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::{OsStrExt, OsStringExt};

    use super::{Complete, Desk};
    use crate::support::machines::list;
    use crate::support::program::Said;

    const NO_TEXT: &[u8] = b"hunter2-\xff";

    fn run(desk: &Desk, words: &str, name: &str, value: &[u8]) -> Said {
        desk.command(words).env(name, OsStr::from_bytes(value)).said()
    }

    #[test]
    fn a_variable_that_is_not_utf_8_is_refused_by_name() {
        let desk = Desk::holding(&list(3), "");
        for name in [
            "AZURE_CLIENT_SECRET",
            "MDE_OFFBOARD_TOKEN",
            "AZURE_TENANT_ID",
            "AZURE_CLIENT_ID",
            "AZURE_AUTHORITY_HOST",
            "MDE_OFFBOARD_API_URL",
            "MDE_OFFBOARD_PROFILE",
            "IDENTITY_ENDPOINT",
            "IDENTITY_HEADER",
            "AZURE_POD_IDENTITY_AUTHORITY_HOST",
            "HTTPS_PROXY",
            "all_proxy",
        ] {
            let said = run(&desk, "plan fleet.csv --comment x --auth auto", name, NO_TEXT);
            let said = said.ends_with(2).says(&format!("the variable {name} is not UTF-8"));
            said.says("hint: ").never_says("hunter2");
        }
        for name in ["USER", "HOSTNAME", "NO_COLOR"] {
            run(&desk, "plan fleet.csv --comment x", name, NO_TEXT).ends_with(0);
        }
    }

    #[test]
    fn a_variable_that_names_a_file_need_not_be_utf_8() {
        let desk = Desk::holding(&list(3), "--speed 600");
        let path = |name: &[u8]| desk.path("").join(OsStr::from_bytes(name));
        std::fs::create_dir(path(b"f\xff")).unwrap();
        std::fs::write(path(b"f\xff/own.toml"), "protect = 'protect.toml'\n").unwrap();
        std::fs::write(path(b"f\xff/protect.toml"), "names = ['gone-*']\n").unwrap();
        let words = "run fleet.csv --comment x --yes --progress none";
        let by_config = |words| run(&desk, words, "MDE_OFFBOARD_CONFIG", b"f\xff/own.toml");
        by_config(words).ends_with(0);
        // Its own paths begin in its folder, whose name is no text.
        std::fs::write(path(b"f\xff/protect.toml"), "names = ['").unwrap();
        by_config("plan fleet.csv --comment y").ends_with(2).says("protect.toml");
        run(&desk, words, "MDE_OFFBOARD_JOURNAL", b"j\xff.db").ends_with(0);
        assert!(path(b"j\xff.db").exists());
        let token = ("AZURE_FEDERATED_TOKEN_FILE", b"t\xff" as &[u8]);
        let mut command = desk.command("plan fleet.csv --comment x");
        command.env_remove("AZURE_CLIENT_SECRET").env(token.0, OsStr::from_bytes(token.1));
        let said = command.said();
        said.ends_with(6).says("t\\x{ff} cannot be read");
    }

    #[test]
    fn an_argument_that_is_not_utf_8_is_refused_unless_it_names_a_file() {
        let desk = Desk::holding(&list(3), "");
        let run = |words: &[&[u8]]| -> Said {
            let words = words.iter().map(|word| OsString::from_vec(word.to_vec()));
            desk.command("").args(words).said()
        };
        let refused: [&[&[u8]]; 5] = [
            &[b"plan", b"fleet.csv", b"--comment", NO_TEXT],
            &[b"plan", b"fleet.csv", b"--comment", b"x", b"--tenant-id", NO_TEXT],
            &[b"plan", b"fleet.csv", b"--comment", b"x", b"--limit", NO_TEXT],
            &[b"status", b"--frob\xff"],
            &[b"\xff"],
        ];
        for words in refused {
            let said = run(words).ends_with(2);
            assert!(said.err.starts_with("error: "), "{said}");
            let json = run(&[words, &[b"--json"]].concat()).ends_with(2).json();
            assert!(json["message"].as_str().is_some_and(|said| !said.is_empty()), "{json}");
        }
        let fleet = desk.path("").join(OsStr::from_bytes(b"f\xff.csv"));
        std::fs::copy(desk.path("fleet.csv"), &fleet).unwrap();
        run(&[b"plan", b"f\xff.csv", b"--comment", b"x"]).ends_with(0).says("f\\x{ff}.csv");
        let ca_file: &[&[u8]] = &[b"config", b"show", b"--ca-file", b"c\xff"];
        run(ca_file).ends_with(0).says("c\\x{ff}");
        // What is read is never written over, also under such a name.
        std::fs::write(desk.path("").join(OsStr::from_bytes(b"c\xff")), "x").unwrap();
        let over: &[&[u8]] =
            &[b"config", b"show", b"--ca-file", b"c\xff", b"--force", b"--log-file", b"c\xff"];
        run(over).ends_with(2).says("would overwrite");
    }
}

/// Hours by a clock that nobody knows are told.
#[test]
fn hours_in_an_unknown_zone_are_taken_as_utc_and_that_is_said_once() {
    let forecast = |options: &str, zone: &str| {
        let words = format!("forecast 3 {options}").replace('_', "\u{1}");
        let desk = Desk::new();
        let mut command = desk.command("");
        let words = words.split_whitespace().map(|word| word.replace('\u{1}', " "));
        command.args(words).env("TZ", zone).said()
    };
    let check = |options: &str, zone: &str, told: usize| {
        let said = forecast(options, zone);
        let said = said.ends_with(0);
        assert_eq!(said.err.matches("time zone of this computer").count(), told, "{said}");
        said
    };
    check("--between 22:00-06:00", "Mars/Phobos", 1)
        .says("(TZ is `Mars/Phobos`): --between 22:00-06:00 is taken as UTC")
        .says("name the zone: --between \"22:00-06:00 Europe/Berlin\"");
    check("--not-before 22:00", "Mars/Phobos", 1).says("--not-before 22:00 is taken as UTC");
    check("--until 2999-01-01_22:00", "Mars/Phobos", 1).says("Europe/Berlin");
    check("--between 22:00-06:00 --not-before 22:00", "Mars/Phobos", 1);
    check("--between 22:00-06:00_Europe/Berlin", "Mars/Phobos", 0);
    check("--not-before 2999-01-01T22:00:00Z", "Mars/Phobos", 0);
    check("--between 22:00-06:00", "Europe/Berlin", 0);
    check("--between 22:00-06:00", "UTC", 0);
    check("", "Mars/Phobos", 0);
}
