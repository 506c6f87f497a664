//! A server that quotes whatever it was sent: no file and no screen holds a piece of our secrets.

use std::collections::BTreeSet;

use super::parrot::{Parrot, SECRET, TOKENS};
use super::stage::{Stage, finish, machines_of};

const MACHINES: u32 = 40;

const RUN: &str = "run fleet.csv --comment Retired --yes --progress plain --concurrency 1 \
                   --limit 1000/1s --settle 200ms --poll-interval 200ms --track-timeout 1s \
                   --on-uncertain hold --offline-timeout 3s --max-attempts 2 \
                   --events events.ndjson -vv --log-file run.log";

/// Everything that is kept or was said, with the shapes undone in which a secret may hide.
fn kept(stage: &Stage, said: &[String]) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for (number, text) in said.iter().enumerate() {
        texts.push((format!("said {number}"), text.clone()));
    }
    for file in std::fs::read_dir(stage.path(".")).expect("the folder") {
        let file = file.expect("a file");
        let bytes = std::fs::read(file.path()).expect("readable");
        let name = file.file_name().to_string_lossy().into_owned();
        texts.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    texts
}

fn plain(text: &str) -> String {
    let mut text = text.to_lowercase();
    for byte in 0x21..0x7f_u8 {
        let c = char::from(byte).to_ascii_lowercase().to_string();
        for shape in [format!("&#x{byte:x};"), format!("%{byte:02x}"), format!("\\u00{byte:02x}")] {
            text = text.replace(&shape, &c);
        }
    }
    text.retain(|c| !c.is_whitespace());
    text
}

/// Fails, with what it was, where 12 characters of a secret are anywhere.
#[track_caller]
fn holds_no_secret(stage: &Stage, said: &[String]) {
    let runs = |secret: &str| -> BTreeSet<String> {
        let secret = secret.to_lowercase();
        (0..=secret.len() - 12).map(|at| secret[at..at + 12].to_owned()).collect()
    };
    let secrets: Vec<BTreeSet<String>> = TOKENS.iter().chain([&SECRET]).map(|s| runs(s)).collect();
    for (name, text) in kept(stage, said) {
        let text = plain(&text);
        for run in secrets.iter().flatten() {
            let at = text.find(run.as_str());
            let around = |at: usize| text[at.saturating_sub(40)..].chars().take(120).collect();
            let around: String = at.map(around).unwrap_or_default();
            assert_eq!(at, None, "{name}: ...{around}");
        }
    }
}

/// The run, with the client secret, against these addresses.
fn run_against(stage: &Stage, api: &str, authority: &str) -> (i32, String) {
    let mut command = stage.command(&RUN.split_whitespace().collect::<Vec<_>>());
    command
        .args(["--api-url", api, "--authority-url", authority])
        .args(["--tenant-id", "72f988bf-0000-0000-0000-000000000000", "--client-id", "app"])
        .env("AZURE_CLIENT_SECRET", SECRET);
    finish(command)
}

#[test]
fn what_the_api_quotes_of_our_token_is_kept_nowhere() {
    let parrot = Parrot::start();
    let machines = machines_of(MACHINES, 1);
    let stage = Stage::beside(&parrot.url, &machines);
    let mut said = vec![run_against(&stage, &parrot.url, &parrot.url).1];
    let shapes = parrot.shapes_sent();
    assert!(shapes >= Parrot::SHAPES, "{shapes} of {} shapes: {}", Parrot::SHAPES, said[0]);
    assert!(said[0].contains("[secret]"), "{}", said[0]);
    for text in ["status", "status --json", "report", "report --format json", "batches --json"] {
        said.push(finish(stage.command(&text.split(' ').collect::<Vec<_>>())).1);
    }
    for machine in &machines {
        said.push(finish(stage.command(&["show", &machine.to_string()])).1);
    }
    let all = said.concat();
    assert!(all.contains("error_code") && all.contains("accepted"), "{all}");
    holds_no_secret(&stage, &said);
}

#[test]
fn what_the_sign_in_quotes_of_our_secret_is_kept_nowhere() {
    for (path, code) in [("/refused", 6), ("/odd", 5), ("/page", 5)] {
        let parrot = Parrot::start();
        let stage = Stage::beside(&parrot.url, &machines_of(2, 1));
        let authority = format!("{}{path}", parrot.url);
        let (ended, said) = run_against(&stage, &parrot.url, &authority);
        assert_eq!(ended, code, "{path}: {said}");
        holds_no_secret(&stage, &[said]);
    }
}
