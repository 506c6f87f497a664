//! What would be refused later, or could never end, is refused before anything is queued.

use mde_offboard::domain::{Realm, Tenant};
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::NewBatch;

use crate::defender::claims::jwt;
use crate::support::batches::CreatePlanned as _;
use crate::support::journals::{open_runner, until_free};

use crate::support::batches::{START, new_batch, new_machine, runner};
use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::program::Said;

/// A desk whose environment leads to a port where nobody listens, with a ready-made token.
fn with_token(token: &str) -> Desk {
    let desk = Desk::new()
        .with("MDE_OFFBOARD_API_URL", "http://127.0.0.1:9")
        .with("AZURE_TENANT_ID", "72f988bf-0000-0000-0000-000000000000")
        .with("MDE_OFFBOARD_TOKEN", token);
    desk.file("fleet.csv", list(3));
    desk
}

/// Ends with 6 at once, and leaves no batch behind.
#[track_caller]
fn refused(desk: &Desk, words: &str) -> Said {
    let said = desk
        .run("run fleet.csv --comment Trial --yes --progress none --offline-timeout 1ms")
        .ends_with(6);
    desk.check_nothing_queued("default.db");
    said.says(words)
}

const ROLES: &str = r#""roles":["Machine.Offboard","Machine.Read.All"]"#;

#[test]
fn a_ready_made_token_that_is_over_is_refused_before_anything_is_queued() {
    let over = with_token(&jwt(&format!(r#"{{{ROLES},"exp":1700000000}}"#)));
    refused(&over, "the token ended at 2023-11-14T22:13:20Z; it is 20")
        .says("put a new token into MDE_OFFBOARD_TOKEN");
    let early = with_token(&jwt(&format!(r#"{{{ROLES},"nbf":4000000000,"exp":4000003600}}"#)));
    refused(&early, "the token holds from 2096-10-02T07:06:40Z on; it is 20");
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_at_once() {
    for token in ["one\ntwo", "one two", "t\u{f6}ken", "one\u{7f}"] {
        let said = refused(&with_token(token), "MDE_OFFBOARD_TOKEN");
        assert!(!said.err.contains("two"), "{said}");
    }
}

const DEFENDER: &str = "https://api.security.microsoft.com";

/// A batch against Defender that remembers this settle time.
fn remembering(desk: &Desk, settle: std::time::Duration) {
    let path = desk.path("j.db");
    let mut journal = open_runner(&path, &runner());
    journal.stage(&new_machine(machine_id(1), 1)).unwrap();
    let id = "72f988bf-0000-0000-0000-000000000000".to_owned();
    let batch = NewBatch {
        tenant: Tenant { id, realm: Realm::Public },
        api: DEFENDER.to_owned(),
        options: RunOptions { settle, ..RunOptions::default() }.to_json(),
        ..new_batch(1)
    };
    journal.create_planned(&batch, START).unwrap();
    drop(journal);
    until_free(&path);
}

#[test]
fn a_settle_time_below_a_minute_is_refused_against_defender_whether_given_or_remembered() {
    let desk = Desk::new()
        .with("AZURE_TENANT_ID", "72f988bf-0000-0000-0000-000000000000")
        .with("AZURE_CLIENT_ID", "app")
        .with("AZURE_CLIENT_SECRET", "never-sent-anywhere");
    desk.file("fleet.csv", list(3));
    let refused = |words: &str| {
        desk.run(words)
            .ends_with(2)
            .says("is too short for Defender: at least 1m")
            .says("--settle");
    };
    refused("run fleet.csv --comment T --yes --settle 59s");
    refused("plan fleet.csv --comment T --settle 59s");
    refused(&format!("run fleet.csv --comment T --yes --settle 1ms --api-url {DEFENDER}"));
    remembering(&desk, std::time::Duration::from_secs(5));
    refused("resume 1 --journal j.db --yes");
    refused("resume 1 --journal j.db --yes --settle 30s");
    let allowed =
        desk.run("run fleet.csv --comment T --yes --settle 1s --simulate --track-timeout 0");
    assert_ne!(allowed.code, Some(2), "{allowed}");
}

#[test]
fn a_comment_with_a_piece_of_the_secret_is_refused_before_anything_is_read() {
    let desk = Desk::new().with("AZURE_CLIENT_SECRET", "Zq8~kW.vR3_mXt-91LpYs0");
    desk.file("fleet.csv", list(3));
    for command in ["run --yes --simulate", "plan --simulate", "plan --offline"] {
        let said = desk.run(&format!("{command} fleet.csv --comment x:kW.vR3_mXt-91Lp"));
        assert!(!said.err.contains("kW.vR3"), "{said}");
        said.ends_with(2).says("the comment holds a piece of the client secret or the token");
    }
}

#[test]
fn a_comment_with_a_piece_of_the_token_is_refused_and_stored_nowhere() {
    const TOKEN: &str = "Tk1a7Xw9Lm3Qe5Rz8Uv2Yb6Nc4Hd0Gf1";
    let desk = with_token(TOKEN);
    for (comment, is_refused) in [
        (format!("see:{TOKEN}"), true),
        (TOKEN[7..19].to_uppercase(), true),
        (TOKEN[7..18].to_owned(), false),
    ] {
        let said = desk.run(&format!(
            "run fleet.csv --comment {comment} --yes --simulate --track-timeout 0 --journal j.db"
        ));
        if is_refused {
            let said = said.ends_with(2).says("a piece of the client secret or the token");
            assert!(!said.to_string().contains(&TOKEN[8..16]), "{said}");
            assert!(!desk.path("j.db").exists(), "{comment}");
        } else {
            assert_ne!(said.code, Some(2), "eleven characters may be there by chance: {said}");
        }
    }
}

#[test]
fn a_rows_own_comment_with_a_piece_of_the_secret_is_refused_and_stored_nowhere() {
    let secret = "Zq8~kW.vR3_mXt-91LpYs0";
    let desk = Desk::new().with("AZURE_CLIENT_SECRET", secret);
    let rows = ["gone", &secret[2..14], "gone"];
    let rows = (1..).zip(rows).map(|(id, comment)| format!("{id:040x},{comment}\n"));
    desk.file("fleet.csv", format!("Device ID,Comment\n{}", rows.collect::<String>()));
    for more in ["", "--skip-invalid"] {
        let said = desk.run(&format!("run fleet.csv --yes --simulate --journal j.db {more}"));
        let said = said.ends_with(3).says("fleet.csv, line 3: its comment holds a piece of");
        assert!(!said.to_string().contains(&secret[3..11]), "{said}");
        desk.run("batches --json --simulate --journal j.db").ends_with(0).says("[]");
    }
    for (name, bytes) in desk.files() {
        let held = bytes.windows(12).any(|part| part == &secret.as_bytes()[2..14]);
        assert!(name == "fleet.csv" || !held, "{name}");
    }
}
