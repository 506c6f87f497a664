//! A printed command that is pasted into the same shell reaches the same tenant in the same way.

use std::collections::BTreeSet;

use mde_offboard::simulator::TenantOptions;

use crate::support::authority::Authority;
use crate::support::desk::Desk;
use crate::support::machines::{ordinary, table};
use crate::support::program::Complete;

/// The password of a proxy, which no printed command holds.
const PASSWORD: &str = "hunter2";

/// A desk whose environment holds the secret alone.
fn without_connection() -> Desk {
    let app = TenantOptions::default();
    let desk = Desk::with_file("fleet.csv", table(ordinary(2, 1)));
    desk.file("company ca.pem", Authority::new("company").pem());
    desk.with("AZURE_CLIENT_SECRET", &app.client_secret)
}

/// Every option of the connection, with a value that works at this address.
fn connection(url: &str) -> Vec<(&'static str, String)> {
    let app = TenantOptions::default();
    let text = str::to_owned;
    vec![
        ("--cloud", text("public")),
        ("--region", text("eu")),
        ("--api-url", text(url)),
        ("--authority-url", text(url)),
        ("--auth", text("client-secret")),
        ("--tenant-id", app.tenant_id),
        ("--client-id", app.client_id),
        ("--timeout", text("20s")),
        ("--ca-file", text("company ca.pem")),
        ("--proxy", format!("http://me:{PASSWORD}@127.0.0.1:9")),
    ]
}

/// The options that the help of a command has under a heading.
fn under(heading: &str, help: &str) -> BTreeSet<String> {
    let section = help.split_once(&format!("\n{heading}:\n")).expect("a heading").1;
    let lines = section.lines().take_while(|line| line.is_empty() || line.starts_with(' '));
    let options = lines.filter_map(|line| line.trim_start().strip_prefix("--"));
    options.map(|rest| format!("--{}", rest.split(' ').next().unwrap())).collect()
}

#[cfg(unix)] // There is no PowerShell to paste into; its quoting has tests in `domain::shell`.
#[test]
fn a_pasted_command_takes_the_way_that_was_typed() {
    let beside = Desk::with_fleet(2, "");
    let desk = without_connection();
    let help = desk.run("track --help").ends_with(0).out;
    let typed = connection(beside.url());
    let mut names: BTreeSet<String> =
        typed.iter().map(|(option, _)| (*option).to_owned()).collect();
    // The next test has it.
    names.insert("--profile".to_owned());
    assert_eq!(names, under("Connection", &help), "a new option has a value here");
    let words = "run fleet.csv --comment x --yes --track-timeout 0s --json --progress none \
                 --journal own.db";
    let mut command = desk.command(words);
    for (option, value) in &typed {
        command.args([*option, value]);
    }
    let said = command.said();
    let said = said.ends_with(9).never_says(PASSWORD);
    let next = said.json()["next"]["command"].as_str().expect("a command").to_owned();
    for (option, value) in &typed {
        let value = match *option {
            "--proxy" => "http://127.0.0.1:9".to_owned(),
            "--ca-file" => "\"company ca.pem\"".to_owned(),
            _ => value.clone(),
        };
        assert!(next.contains(&format!(" {option} {value}")), "{option} {value}: {next}");
    }
    let (_, words) = next.split_once(' ').expect("the program first");
    desk.shell(&format!("\"$0\" {words} --track-timeout 1m --progress none")).ends_with(0);
}

#[test]
fn what_the_shell_has_anyway_is_not_repeated() {
    let beside = Desk::with_fleet(2, "");
    let app = TenantOptions::default();
    let url = beside.url();
    let desk = without_connection().leading_to(url).with("MDE_OFFBOARD_JOURNAL", "own.db");
    let profile =
        format!("[profile.contoso]\ntenant_id = \"{}\"\ntimeout = \"20s\"\n", app.tenant_id);
    desk.file("own.toml", profile);
    let words = "run fleet.csv --comment x --yes --track-timeout 0s --json --progress none \
                 --config own.toml --profile contoso";
    let said = desk.run(words).ends_with(9);
    let next = said.json()["next"]["command"].as_str().expect("a command").to_owned();
    let whole = "mde-offboard track 1 --profile contoso --config own.toml";
    assert_eq!(next, whole);
}

#[test]
fn a_command_that_does_not_take_an_option_is_printed_without_it() {
    let desk = Desk::new();
    let said = desk.run("check --cloud gcc --config own.toml").ends_with(2);
    said.says("`mde-offboard config init --config own.toml`");
}

/// The way to a simulator is two addresses.
mod loopback {
    use super::*;

    /// A closed port: nothing is to be sent there.
    const API: &str = "http://127.0.0.1:9";

    fn check(desk: &Desk, more: &str) {
        for command in ["check", "run fleet.csv --comment x --yes"] {
            let said = desk.run(&format!("{command} {more}")).ends_with(2);
            said.says("login.microsoftonline.com").says(&format!("--authority-url {API}"));
        }
    }

    fn signed_up() -> Desk {
        let app = TenantOptions::default();
        let desk = without_connection().with("AZURE_TENANT_ID", &app.tenant_id);
        desk.with("AZURE_CLIENT_ID", &app.client_id)
    }

    #[test]
    fn the_secret_of_a_simulator_is_not_sent_to_the_real_sign_in() {
        check(&signed_up(), &format!("--api-url {API}"));
        check(&signed_up().with("MDE_OFFBOARD_API_URL", API), "");
        check(&signed_up(), &format!("--api-url {API} --auth device-code"));
    }

    #[test]
    fn a_resumed_batch_does_not_send_it_there_either() {
        let beside = Desk::with_fleet(2, "");
        let desk = signed_up();
        let url = beside.url();
        let run = "run fleet.csv --comment x --yes --track-timeout 0s --journal own.db";
        desk.run(&format!("{run} --api-url {url} --authority-url {url}")).ends_with(9);
        let said = desk.run("track 1 --journal own.db").ends_with(2);
        said.says(&format!("--authority-url {url}"));
    }

    #[test]
    fn a_ready_made_token_needs_no_sign_in() {
        let desk = signed_up().with("MDE_OFFBOARD_TOKEN", "not.a.token");
        let said = desk.run(&format!("check --auth token --api-url {API}"));
        said.never_says("--authority-url");
    }

    #[test]
    fn the_real_sign_in_is_used_where_it_is_named() {
        let desk = signed_up();
        let named = "--authority-url https://127.0.0.1:9";
        let said = desk.run(&format!("check --api-url {API} {named} --timeout 1s"));
        said.never_says("login.microsoftonline.com");
    }
}
