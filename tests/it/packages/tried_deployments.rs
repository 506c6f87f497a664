//! The command lines of `samples/deploy`, as the scheduler would start them: in its environment and
//! no other, against a simulator.

use std::fs;
use std::process::Command;

use mde_offboard::simulator::TenantOptions;

use crate::support::desk::Desk;
use crate::support::program::Said;

use super::deployments::{pod, sample, setting};

/// Added so that it ends soon.
const SOON: [&str; 6] = ["--settle", "1s", "--poll-interval", "200ms", "--track-timeout", "1s"];

const MACHINES: usize = 6;

/// A desk with a simulator whose machines are all silent; their list is in `etc/contoso`.
fn desk() -> Desk {
    let desk = Desk::with_fleet(MACHINES, "--pending-share 100% --limit 1000/1s");
    fs::create_dir_all(desk.path("etc/contoso")).unwrap();
    desk.file("etc/contoso/list.csv", desk.text("fleet.csv"));
    desk
}

/// The program with these words and this environment, and where the simulator is.
fn started(desk: &Desk, words: &[String], environment: &[(&str, String)]) -> Said {
    let mut command = Command::new(desk.command("").get_program());
    command.args(words).args(SOON).current_dir("/").env_clear();
    command.env("MDE_OFFBOARD_API_URL", desk.url()).env("AZURE_AUTHORITY_HOST", desk.url());
    for (name, value) in environment {
        command.env(name, value);
    }
    command.output().expect("it runs").into()
}

/// Starts it twice: all machines of the list are sent, and the second time none.
#[track_caller]
fn check(desk: &Desk, journal: &str, code: i32, start: impl Fn() -> Said) {
    start().ends_with(code);
    let journal = desk.path(journal);
    let status = || {
        let status = format!("status --json --journal {}", journal.display());
        desk.run(&status).ends_with(0).json()
    };
    let first = status();
    assert_eq!(first["counts"]["pending"], MACHINES, "{first}");
    assert_eq!(first["batch"]["comment"], "CHG0041233 retired");
    start().ends_with(code).says("this list is batch 1; it continues");
    assert_eq!(status()["counts"], first["counts"]);
}

#[test]
fn the_command_line_of_the_unit_ends_with_9_in_the_environment_that_systemd_gives() {
    let desk = desk();
    let app = TenantOptions::default();
    let settings = sample("systemd/mde-offboard.toml")
        .replace("72f988bf-0000-0000-0000-000000000000", &app.tenant_id)
        .replace("5d1e0000-0000-0000-0000-00000000c07a", &app.client_id);
    // Elsewhere than in the current folder, whose file may name no command.
    desk.file("etc/mde-offboard.toml", settings);
    // Readable for the group, as systemd's own files of secrets seem to be.
    desk.file("client-secret", format!("{}\n", app.client_secret));
    desk.set_mode("client-secret", 0o440);
    let folder = desk.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/');
    let comment = sample("systemd/run.env");
    let comment = comment.lines().find_map(|line| line.strip_prefix("COMMENT=")).unwrap();
    let comment = comment.trim_matches('"').to_owned();
    fs::create_dir_all(desk.path("state/mde-offboard/contoso")).unwrap();
    let line = setting("ExecStart");
    let words = line.split_whitespace().skip(1).map(|word| {
        let word = word.replace("%S", &format!("{folder}/state")).replace("%i", "contoso");
        word.replace("/etc/mde-offboard", &format!("{folder}/etc")).replace("${COMMENT}", &comment)
    });
    let words: Vec<String> = words.collect();
    let environment = [
        ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("HOME", "/".to_owned()),
        ("CREDENTIALS_DIRECTORY", folder.to_owned()),
    ];
    check(&desk, "state/mde-offboard/contoso/contoso.db", 9, || {
        started(&desk, &words, &environment)
    });
}

#[test]
fn the_container_ends_with_0_in_the_environment_that_its_manifest_gives() {
    let desk = desk();
    let app = TenantOptions::default();
    let folder = desk.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/').to_owned();
    fs::create_dir(desk.path("journal")).unwrap();
    fs::create_dir(desk.path("tmp")).unwrap();
    let container = pod()["containers"][0].clone();
    let place = |text: &str| {
        let text = text.replace("/list/", &format!("{folder}/etc/contoso/"));
        text.replace("/journal/", &format!("{folder}/journal/"))
    };
    let args = container["args"].as_array().unwrap().iter();
    let args = args.map(|word| place(word.as_str().unwrap()));
    let words: Vec<String> =
        args.map(|word| word.replace("$(COMMENT)", "CHG0041233 retired")).collect();
    let variables = container["env"].as_array().unwrap().iter().map(|entry| {
        let name = entry["name"].as_str().unwrap();
        let value = match (name, entry["value"].as_str()) {
            ("HOME", _) => format!("{folder}/tmp"),
            (_, Some(value)) => place(value),
            ("AZURE_TENANT_ID", _) => app.tenant_id.clone(),
            ("AZURE_CLIENT_ID", _) => app.client_id.clone(),
            ("AZURE_CLIENT_SECRET", _) => app.client_secret.clone(),
            ("COMMENT", _) => "CHG0041233 retired".to_owned(),
            other => panic!("{other:?}"),
        };
        (name, value)
    });
    let environment: Vec<_> = variables.collect();
    check(&desk, "journal/journal.db", 0, || started(&desk, &words, &environment));
}
