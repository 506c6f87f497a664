//! `check`: an item a line, and the one thing that is wrong named alone.

use std::io::{Read, Write};
use std::time::Duration;

use mde_offboard::simulator::TenantOptions;
use serde_json::Value;

use crate::defender::server::system_time;
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};

use super::credentials::{certificate_until, run};
use super::rehearsed::rehearsed;

/// A fresh set-up: a tenant with three machines, and no journal yet.
pub(super) fn desk(options: &str) -> Desk {
    Desk::holding(&list(3), options)
}

/// The mark of each item.
fn marks(said: &Said) -> Vec<(&str, &str)> {
    let lines = said.out.lines().map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.next().unwrap())
    });
    lines.map(|(mark, name)| (name, mark)).collect()
}

pub(super) const ALL: [&str; 6] =
    ["configuration", "journal", "network", "sign-in", "Machine.Read.All", "Machine.Offboard"];

/// Exactly these items fail, and those behind the last of them may not have been made.
#[track_caller]
pub(super) fn only(said: Said, wrong: &[&str]) -> Said {
    let marks = marks(&said);
    let failed: Vec<&str> =
        marks.iter().filter(|(_, mark)| *mark == "FAIL").map(|(name, _)| *name).collect();
    assert_eq!(failed, wrong, "{said}");
    let strange = marks.iter().find(|(_, mark)| !["ok", "FAIL", "-"].contains(mark));
    assert!(strange.is_none(), "{said}");
    let errors = said.err.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, usize::from(!wrong.is_empty()), "{said}");
    said
}

/// The items that were not made.
pub(super) fn not_made(said: &Said) -> Vec<String> {
    let marks = marks(said).into_iter().filter(|(_, mark)| *mark == "-");
    marks.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn a_set_up_in_which_nothing_is_wrong_is_all_ok_and_leaves_nothing() {
    let desk = desk("");
    let said = only(desk.run("check").ends_with(0), &[]);
    assert_eq!(marks(&said), ALL.map(|name| (name, "ok")), "{said}");
    let app = TenantOptions::default();
    let said = said.says_all(&[
        "no file; from AZURE_TENANT_ID, AZURE_CLIENT_ID, MDE_OFFBOARD_API_URL",
        "default.db, new, ",
        "GB free",
        "127.0.0.1, on this computer; the clock is right",
        &format!("app {} in tenant {}", app.client_id, app.tenant_id),
        "client secret from AZURE_CLIENT_SECRET",
        "inventory and actions can be read",
        "in the token",
    ]);
    said.never_says(&app.client_secret).never_says("eyJ");
    assert!(!desk.journal("default.db").exists());
    assert!(!desk.path("data").exists(), "not even a folder");
    let truth = desk.truth();
    assert_eq!((truth.number_of_reads(), desk.posts()), (2, 0));
}

#[test]
fn the_document_has_each_item_with_what_was_found_and_what_to_do() {
    let desk = desk("--permission Machine.Read.All");
    let document = desk.run("check --json").ends_with(6).json();
    assert_eq!(document["schema"], "mde-offboard.check/1");
    let checks = document["checks"].as_array().unwrap();
    let names: Vec<&str> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names, ALL);
    for check in checks {
        let is_wrong = check["name"] == "Machine.Offboard";
        assert_eq!(check["ok"], !is_wrong, "{document}");
        assert_eq!(check["hint"].is_string(), is_wrong, "{document}");
        assert!(check["found"].is_string(), "{document}");
    }
    let hint = checks[5]["hint"].as_str().unwrap();
    assert!(hint.contains("594435bf-36dd-4548-83bd-1bdafe157d7a=Role"), "{hint}");
    let nothing = Desk::new().run("check --json").ends_with(2).json();
    let network = nothing["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(network["ok"], Value::Null, "{nothing}");
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let said = only(Desk::new().run("check").ends_with(2), &["configuration"]);
    let names = ["AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "config init"];
    let said = said.says_all(&names);
    assert_eq!(not_made(&said), ALL[2..], "{said}");
}

#[test]
fn a_permission_that_is_missing_is_named_alone() {
    for (permissions, wrong) in [
        ("--permission Machine.Read.All", vec!["Machine.Offboard"]),
        ("--permission Machine.Offboard", vec!["Machine.Read.All"]),
        ("--permission none", vec!["Machine.Read.All", "Machine.Offboard"]),
    ] {
        let said = only(desk(permissions).run("check").ends_with(6), &wrong);
        said.says("az ad app permission add").never_says("nothing was queued");
    }
}

#[test]
fn a_sign_in_that_is_refused_is_named_alone() {
    let desk = desk("");
    for (name, value, says) in [
        ("AZURE_CLIENT_SECRET", "wrong-secret", "AADSTS7000215"),
        ("AZURE_CLIENT_ID", "11111111-0000-0000-0000-000000000000", "AADSTS700016"),
        ("AZURE_TENANT_ID", "11111111-0000-0000-0000-000000000000", "AADSTS90002"),
    ] {
        let mut command = desk.command("check");
        command.env(name, value);
        let said = command.said();
        let said = only(said.ends_with(6), &["sign-in"]).says(says).never_says("wrong-secret");
        assert_eq!(not_made(&said), ALL[4..], "{said}");
    }
    assert_eq!(desk.truth().number_of_reads(), 0);
}

#[test]
fn a_network_that_is_away_ends_with_5_and_says_which_host() {
    let mut desk = desk("");
    desk.end_simulator();
    let said = only(desk.run("check").ends_with(5), &["network"]);
    let said = said.says("127.0.0.1 cannot be reached").says("then: `mde-offboard check`");
    assert_eq!(not_made(&said), ALL[3..], "{said}");
}

#[test]
fn a_sign_in_that_is_away_is_a_part_of_the_network() {
    let desk = desk("");
    let away = Desk::new().beside("--others 1").end_simulator().to_owned();
    let mut command = desk.command("check");
    command.env("AZURE_AUTHORITY_HOST", away);
    let said = command.said();
    let said = only(said.ends_with(5), &["network"]).says("the sign-in cannot be reached");
    assert_eq!(not_made(&said), ALL[3..], "{said}");
}

#[test]
fn where_a_setting_comes_from_is_told() {
    let desk = desk("");
    let app = TenantOptions::default();
    let profile = format!(
        "[profile.contoso]\ntenant_id = \"{}\"\nclient_id = \"{}\"\nsecret_file = \"secret\"\n",
        app.tenant_id, app.client_id
    );
    desk.file("own.toml", profile).file("secret", &app.client_secret);
    private(&desk, "secret");
    let words = "check --config own.toml --profile contoso --timeout 5s";
    let said = only(run(&desk, words, &[]).ends_with(0), &[]);
    let said = said.says("own.toml, profile contoso; from MDE_OFFBOARD_API_URL");
    said.says_all(&["--timeout", "contoso.db, new", "client secret from secret_file of contoso"]);
}

#[cfg(unix)]
fn private(desk: &Desk, name: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(desk.path(name), mode).unwrap();
}

#[cfg(windows)]
fn private(desk: &Desk, name: &str) {
    crate::support::rights::close(&desk.path(name));
}

#[test]
fn the_simulator_is_checked_in_a_rehearsal() {
    let desk = rehearsed();
    let said = only(desk.run("check --simulate").ends_with(0), &[]);
    assert_eq!(marks(&said), ALL.map(|name| (name, "ok")), "{said}");
    said.says("SIMULATION").says("batches: 1, machines: 30, intact, ");
}

#[test]
fn a_damaged_journal_ends_with_8_and_names_what_is_wrong() {
    let desk = rehearsed();
    let db = rusqlite::Connection::open(desk.journal("simulation.db")).unwrap();
    db.execute("DELETE FROM places WHERE number = 7", []).unwrap();
    drop(db);
    let said = only(desk.run("check --simulate").ends_with(8), &["places"]);
    said.says("machine 7 of batch 1").says("the journal fails a check: places").says("hint: ");
    let document = desk.run("check --simulate --json").ends_with(8).json();
    let checks = document["checks"].as_array().unwrap();
    let wrong: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert!(wrong.len() == 1 && wrong[0]["hint"].is_string(), "{document}");
}

#[test]
fn a_place_where_no_journal_can_be_is_named_alone() {
    let desk = desk("");
    desk.file("text.db", "no journal at all, but a text of some length");
    let said = only(desk.run("check --journal text.db").ends_with(8), &["journal"]);
    said.says("is not a journal");
    only(desk.run("check --journal fleet.csv/j.db").ends_with(8), &["journal"]);
    if cfg!(target_os = "linux") {
        let said = only(desk.run("check --journal /proc/none/j.db").ends_with(8), &["journal"]);
        said.says("/proc cannot be written");
    }
}

#[test]
fn the_calls_count_in_the_journal_that_is_there_and_a_run_may_go_on_beside() {
    let desk = desk("--limit 1000/1s --pending-share 100%").with("MDE_OFFBOARD_JOURNAL", "j.db");
    let words = "run fleet.csv --comment x --yes --progress none --poll-interval 200ms";
    let mut process = desk.start(words);
    desk.wait_for_posts(3, &mut process);
    let said = only(desk.run("check").ends_with(0), &[]);
    said.says("batches: 1, machines: 3, intact");
    desk.run("stop").ends_with(0);
    Said::by(process);
    let calls = || {
        let db = rusqlite::Connection::open(desk.path("j.db")).unwrap();
        let sql = "SELECT COUNT(*) FROM calls WHERE id < 0";
        db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let before = calls();
    only(desk.run("check").ends_with(0), &[]);
    assert_eq!(calls(), before + 2);
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_or_change_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let desk = desk("").with("MDE_OFFBOARD_JOURNAL", "j.db");
    let open = |name: &str, mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(desk.path(name), mode).unwrap();
    };
    desk.run("plan fleet.csv --comment x").ends_with(0);
    open("j.db", 0o644);
    desk.file("own.toml", "timeout = \"5s\"\n");
    open("own.toml", 0o664);
    let said = desk.run("check --config own.toml").ends_with(0);
    let warned = marks(&said).into_iter().filter(|(_, mark)| *mark == "warn").count();
    assert_eq!(warned, 2, "{said}");
    said.says_all(&[
        "j.db: others can read",
        "(mode 0644)",
        "chmod 600 j.db",
        "own.toml: others can change",
    ]);
}

#[test]
fn a_managed_identity_is_told_how_long_a_new_role_can_take() {
    let desk = desk("--permission Machine.Read.All");
    let metadata = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", desk.url())];
    let said = run(&desk, "check --auth managed-identity", &metadata).ends_with(6);
    let said = only(said, &["Machine.Offboard"]).says("it can take up to a day");
    said.says("managed identity of this computer (tokens are kept for a day)");
    let wrong = [("IDENTITY_ENDPOINT", "http://127.0.0.1:1/"), ("IDENTITY_HEADER", "canary-x")];
    let said = run(&desk, "check --auth managed-identity", &wrong);
    only(said.ends_with(5), &["sign-in"]).never_says("canary-x");
}

#[test]
fn a_managed_identity_that_is_refused_is_not_about_the_authority() {
    let desk = desk("");
    let refusing = refusing();
    let metadata = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", refusing.as_str())];
    let said = run(&desk, "check --auth managed-identity", &metadata).ends_with(6);
    said.says("NO_PROXY").never_says("--authority-url");
}

/// The address of a server that answers 403 with a page, as a proxy does.
fn refusing() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _read = stream.read(&mut [0; 4096]);
            let page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\
                        Content-Length: 2\r\nConnection: close\r\n\r\nno";
            let _written = stream.write_all(page.as_bytes());
        }
    });
    url
}

#[test]
fn a_certificate_that_ends_soon_is_warned_of() {
    let now = system_time().now().wall;
    let end = now.plus(Duration::from_hours(24 * 11)).to_string();
    let number = |range: std::ops::Range<usize>| end[range].parse::<u16>().unwrap();
    let (month, day) = (u8::try_from(number(5..7)).unwrap(), u8::try_from(number(8..10)).unwrap());
    let (public, both) = certificate_until((number(0..4).into(), month, day));
    let desk = Desk::with_file("fleet.csv", list(3));
    desk.file("public.pem", public).private_file("app.pem", both);
    let desk = desk.beside("--machines fleet.csv --fleet ordinary --certificate public.pem");
    let by_certificate = [("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem")];
    let said = run(&desk, "check", &by_certificate).ends_with(0);
    let said =
        said.says(&format!("certificate from AZURE_CLIENT_CERTIFICATE_PATH, until {}", &end[..10]));
    let said = said.says("in 10d; upload a new one");
    let warned: Vec<_> = marks(&said).into_iter().filter(|(_, mark)| *mark == "warn").collect();
    assert_eq!(warned, [("sign-in", "warn")], "{said}");
}

#[test]
fn reads_that_a_run_beside_would_not_see_are_not_made() {
    let desk = desk("--limit 1000/1s --pending-share 100%").with("MDE_OFFBOARD_JOURNAL", "j.db");
    let words = "run fleet.csv --comment x --yes --progress none --poll-interval 200ms";
    let mut process = desk.start(&format!("{words} --shared-reads"));
    desk.wait_for_posts(3, &mut process);
    let said = only(desk.run("check").ends_with(0), &[]).says("--shared-reads");
    assert_eq!(not_made(&said), ["Machine.Read.All"], "{said}");
    desk.run("stop").ends_with(0);
    Said::by(process);
}
