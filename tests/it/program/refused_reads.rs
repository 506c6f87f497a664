//! Access that is refused while `plan`, `run` or `verify` reads the tenant's lists: it ends as it
//! ends a run, at once and with 6.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scripted::{Reply, inventory};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::server::{response, serve};

/// How often lists were asked for, and tokens.
#[derive(Default)]
pub(super) struct Asked {
    lists: AtomicUsize,
    tokens: AtomicUsize,
}

impl Asked {
    pub(super) fn lists(&self) -> usize {
        self.lists.load(Ordering::Relaxed)
    }
}

/// A desk beside a tenant whose first lists are answered by `script`, in their order; where it has
/// no answer, as Defender does.
pub(super) fn desk(
    script: impl Fn(usize) -> Option<Reply> + Send + Sync + 'static,
) -> (Desk, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let seen = Arc::clone(&asked);
    let url = serve(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let Reply(status, headers, body) = if line.contains("/oauth2/") {
            let number = seen.tokens.fetch_add(1, Ordering::Relaxed);
            let token = format!("Tk1a7Xw9Lm3Qe5Rz8Uv2Yb6Nc4Hd0Gf1Js7Kp9Wt3Xo5Ai{number}");
            let words = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"#;
            Reply::json(200, format!(r#"{words}"{token}"}}"#))
        } else if line.starts_with("GET ") {
            let number = seen.lists.fetch_add(1, Ordering::Relaxed);
            let whole = || {
                let is_inventory = line.starts_with("GET /api/machines?");
                let whole = if is_inventory { inventory(3) } else { r#"{"value":[]}"#.to_owned() };
                Reply::json(200, whole)
            };
            script(number).unwrap_or_else(whole)
        } else {
            Reply::error(403, "Forbidden", "no POST is expected")
        };
        response(status, headers, &body)
    });
    (Desk::with_file("fleet.csv", list(3)).leading_to(&url), asked)
}

fn refused() -> Reply {
    Reply::error(401, "Unauthorized", "the token is not taken")
}

const COMMANDS: [&str; 2] = ["plan fleet.csv --comment x", "run fleet.csv --comment x --yes"];

#[test]
fn a_token_that_is_refused_twice_ends_with_6_at_once() {
    for command in COMMANDS {
        let (desk, asked) = desk(|_| Some(refused()));
        desk.run(command)
            .ends_with(6)
            .says("Defender refused the token twice in a row: the token is not taken")
            .says("nothing was queued or sent");
        assert_eq!(asked.lists.load(Ordering::Relaxed), 2);
        assert_eq!(asked.tokens.load(Ordering::Relaxed), 2, "the second one is another");
    }
}

#[test]
fn a_token_that_ended_is_renewed_and_the_list_is_read() {
    // Another one ends while the actions are read: that is not twice in a row.
    let (desk, asked) = desk(|number| (number == 0 || number == 2).then(refused));
    desk.run(COMMANDS[0]).ends_with(0).says("would send 3");
    assert_eq!(asked.tokens.load(Ordering::Relaxed), 3);
}

#[test]
fn a_missing_permission_ends_with_6_at_once() {
    for command in COMMANDS {
        let (desk, asked) = desk(|_| Some(Reply::error(403, "Forbidden", "roles are missing")));
        desk.run(command).ends_with(6).says("roles are missing").says("Machine.Read.All");
        assert_eq!(asked.lists.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn a_proxy_that_wants_credentials_ends_with_6_at_once() {
    let (desk, asked) = desk(|_| Some(Reply::page(407, "who are you?")));
    desk.run(COMMANDS[0]).ends_with(6).says("a proxy wants a user name and a password");
    assert_eq!(asked.lists.load(Ordering::Relaxed), 1);
}
