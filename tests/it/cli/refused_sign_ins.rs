//! Sign-ins that give no token: who said no, what to do, and which of several places is meant.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};
use crate::support::server::{response, serve};

const PLAN: &str = "plan fleet.csv --comment x";
const BY_PROFILE: &str = "--profile contoso --config settings.toml";

fn run(desk: &Desk, words: &str, environment: &[(&str, &str)]) -> Said {
    let mut command = desk.command(&format!("{PLAN} {words}"));
    command.env_remove("AZURE_CLIENT_SECRET").envs(environment.iter().copied());
    command.said()
}

fn with_setting(line: &str) -> Desk {
    let desk = Desk::holding(&list(3), "");
    desk.file("settings.toml", format!("[profile.contoso]\n{line}\n"));
    desk
}

/// With `--json` the same words stand in a document, whose hint is there.
#[track_caller]
fn check(desk: &Desk, words: &str, environment: &[(&str, &str)], what: &str, hint: &str) {
    let said = run(desk, words, environment).ends_with(6);
    said.says(&format!("error: {what}: ")).says("\nhint: ").says(hint);
    let document = run(desk, &format!("{words} --json"), environment).ends_with(6).json();
    assert!(document["message"].as_str().unwrap().starts_with(what), "{document}");
    assert!(document["hint"].as_str().is_some_and(|said| said.contains(hint)), "{document}");
}

#[test]
fn a_sign_in_for_which_nobody_could_be_asked_was_not_refused() {
    const WHAT: &str = "no sign-in was possible";
    let check = |desk: &Desk, words, environment: &[_], hint| {
        check(desk, words, environment, WHAT, hint);
    };
    let desk = with_setting("secret_file = 'gone'");
    check(&desk, BY_PROFILE, &[], "put gone (secret_file of contoso) right");
    let desk = with_setting("secret_command = ['./gone', 'hunter2']");
    check(&desk, BY_PROFILE, &[], "put `./gone` (secret_command of contoso) right");
    check(&desk, "--auth azure-cli", &[("PATH", "/nonexistent")], "run `az account");
    let token = [("AZURE_FEDERATED_TOKEN_FILE", "gone")];
    check(&desk, "", &token, "put gone (AZURE_FEDERATED_TOKEN_FILE) right");
    desk.private_file("app.pem", "no certificate");
    let certificate = [("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem")];
    check(&desk, "", &certificate, "put app.pem (AZURE_CLIENT_CERTIFICATE_PATH) right");
    assert!(desk.truth().number_of_reads() == 0 && desk.posts() == 0);
}

#[test]
fn a_sign_in_server_that_asks_to_wait_is_told_with_the_end_and_tried_then() {
    let asked = AtomicUsize::new(0);
    let authority = serve(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => response(503, "Retry-After: 4\r\n", "busy"),
        _ => response(400, "Content-Type: application/json\r\n", r#"{"error":"enough"}"#),
    });
    let desk = Desk::holding(&list(3), "").with("AZURE_AUTHORITY_HOST", &authority);
    let secret = [("AZURE_CLIENT_SECRET", "a-secret")];
    let said = run(&desk, "", &secret).ends_with(6).says("enough");
    said.says("it asks to wait, which is done until 2").says("next try in 3 s");
    // Longer than it tries at all.
    let authority = serve(|_| response(429, "Retry-After: 600\r\n", "busy"));
    let desk = Desk::holding(&list(3), "").with("AZURE_AUTHORITY_HOST", &authority);
    run(&desk, "", &secret).ends_with(5).says("it asks to wait").never_says("next try");
}

#[cfg(unix)]
#[test]
fn a_wrong_secret_is_looked_for_where_it_is_from() {
    const WHAT: &str = "sign-in was refused";
    let check = |desk: &Desk, words: &str, environment: &[_], hint: &str| {
        check(desk, words, environment, WHAT, hint);
    };
    let value = "give the secret's value, not its ID; this one is from";
    let desk = with_setting("secret_file = 'secret'");
    desk.private_file("secret", "not-the-secret");
    check(&desk, BY_PROFILE, &[], &format!("{value} secret (secret_file of contoso)"));
    let desk = with_setting("secret_command = ['echo', 'not-the-secret']");
    check(&desk, BY_PROFILE, &[], &format!("{value} `echo` (secret_command of contoso)"));
    let variable = [("AZURE_CLIENT_SECRET", "not-the-secret")];
    check(&desk, "", &variable, &format!("{value} AZURE_CLIENT_SECRET"));
}

/// What the program says and leaves is searched for the simulator's secret by the desk.
#[cfg(unix)]
#[test]
fn a_secret_of_a_file_or_a_command_is_hidden_where_the_server_quotes_it() {
    use mde_offboard::simulator::CLIENT_SECRET;
    let authority = serve(|request| {
        let form = request.split("\r\n\r\n").nth(1).unwrap_or_default();
        let body = serde_json::json!({ "error": "invalid_client", "error_description": form });
        response(401, "Content-Type: application/json\r\n", &body.to_string())
    });
    for line in ["secret_file = 'secret'", "secret_command = ['cat', 'secret']"] {
        let desk = with_setting(line).with("AZURE_AUTHORITY_HOST", &authority);
        desk.private_file("secret", CLIENT_SECRET);
        let said = run(&desk, &format!("{BY_PROFILE} -vv --log-file trace.log"), &[]).ends_with(6);
        said.says("client_secret=[secret]").says("grant_type=client_credentials");
    }
}
