//! A server that quotes whatever it was sent: no file and no screen holds a piece of our secrets.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::desk::Desk;
use crate::support::machines::{ordinary, table};
use crate::support::program::Said;

use super::parrot::{Parrot, SECRET, TOKENS};

const MACHINES: usize = 44;

const RUN: &str = "run fleet.csv --comment Retired --yes --progress plain --concurrency 1 \
                   --limit 1000/1s --settle 200ms --poll-interval 200ms --track-timeout 1s \
                   --on-uncertain hold --offline-timeout 3s --max-attempts 2 \
                   --events events.ndjson -vv --log-file run.log";

/// Everything that is kept or was said, with the shapes undone in which a secret may hide.
fn kept(desk: &Desk, said: &[String]) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let files = desk.files().into_iter().map(|(name, bytes)| (name, text(bytes)));
    let said = said.iter().enumerate().map(|(n, text)| (format!("said {n}"), text.clone()));
    said.chain(files).collect()
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
fn holds_no_secret(desk: &Desk, said: &[String]) {
    let runs = |secret: &str| -> BTreeSet<String> {
        let secret = secret.to_lowercase();
        (0..=secret.len() - 12).map(|at| secret[at..at + 12].to_owned()).collect()
    };
    let encoded = TOKENS.map(|token| STANDARD.encode(format!("Authorization: Bearer {token}")));
    // What is the same in every such text says nothing.
    let encoded = encoded.map(|text| text["QXV0aG9yaXphdGlvbjogQmVhcmVyI".len() + 2..].to_owned());
    let secrets = TOKENS.into_iter().chain([SECRET]).chain(encoded.iter().map(String::as_str));
    let secrets: Vec<BTreeSet<String>> = secrets.map(runs).collect();
    for (name, text) in kept(desk, said) {
        let text = plain(&text);
        for run in secrets.iter().flatten() {
            let at = text.find(run.as_str());
            let around = |at: usize| text[at.saturating_sub(40)..].chars().take(120).collect();
            let around: String = at.map(around).unwrap_or_default();
            assert_eq!(at, None, "{name}: ...{around}");
        }
    }
}

/// A desk beside the server, and the run with the client secret; its sign-in is at this path.
fn run_against(url: &str, path: &str, list: &str) -> (Desk, Said) {
    let desk = Desk::new().leading_to(url).with("AZURE_CLIENT_SECRET", SECRET);
    let desk = desk.with("MDE_OFFBOARD_JOURNAL", "journal.db");
    desk.file("fleet.csv", list);
    let said = desk.run(&format!("{RUN} --authority-url {url}{path}"));
    (desk, said)
}

#[test]
fn what_the_sign_in_quotes_of_our_secret_is_kept_nowhere() {
    for (path, code) in [("/refused", 6), ("/odd", 5), ("/page", 5)] {
        let parrot = Parrot::start();
        let (desk, said) = run_against(&parrot.url, path, &table(ordinary(2, 1)));
        holds_no_secret(&desk, &[said.ends_with(code).to_string()]);
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{MACHINES, Parrot, holds_no_secret, ordinary, run_against, table};

    #[test]
    fn what_the_api_quotes_of_our_token_is_kept_nowhere() {
        let parrot = Parrot::start();
        let machines = ordinary(MACHINES, 1);
        let (desk, run) = run_against(&parrot.url, "", &table(&machines));
        let mut said = vec![run.to_string()];
        let shapes = parrot.shapes_sent();
        assert!(shapes >= Parrot::SHAPES, "{shapes} of {} shapes: {}", Parrot::SHAPES, said[0]);
        assert!(said[0].contains("[secret]"), "{}", said[0]);
        for text in ["status", "status --json", "report", "report --format json", "batches --json"]
        {
            said.push(desk.run(text).to_string());
        }
        for machine in &machines {
            said.push(desk.run(&format!("show {machine}")).to_string());
        }
        let all = said.concat();
        assert!(all.contains("error_code") && all.contains("accepted"), "{all}");
        holds_no_secret(&desk, &said);
    }
}
