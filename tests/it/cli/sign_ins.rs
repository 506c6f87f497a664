//! Commands that cannot sign in, or are stopped while they do: what they leave, and what they say.

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};

/// So many are sent at once, as long as the batch rests afterwards.
const SENT: u32 = 5;
const MACHINES: u32 = 12;

/// A desk with a batch of which some machines are pending and the others queued.
fn half_sent() -> Desk {
    let desk = Desk::holding(&list(MACHINES), "--speed 500 --pending-share 100%");
    let run = desk.start(&format!(
        "run fleet.csv --comment x --yes --limit {SENT}/1m --settle 1s --poll-interval 200ms \
         --offline-timeout 300ms --progress none"
    ));
    desk.wait_for("status --json", |status| {
        status["counts"]["queued"] == MACHINES - SENT && in_doubt(status) == 0
    });
    desk.run("stop").ends_with(0);
    Said::by(run).ends_with(5);
    desk
}

fn in_doubt(status: &Value) -> u64 {
    let of = |state: &str| status["counts"][state].as_u64().unwrap();
    of("sending") + of("uncertain")
}

fn counts(desk: &Desk) -> Value {
    desk.run("status --json").ends_with(0).json()["counts"].clone()
}

/// Runs a command with a variable set, or without it.
fn run_with(desk: &Desk, words: &str, name: &str, value: Option<&str>) -> Said {
    let mut command = desk.command(words);
    match value {
        Some(value) => command.env(name, value),
        None => command.env_remove(name),
    };
    command.said()
}

#[test]
fn a_cancel_that_cannot_sign_in_changes_nothing() {
    let desk = half_sent();
    let before = counts(&desk);
    let wrong = [
        ("AZURE_CLIENT_SECRET", Some("wrong"), 6),
        ("AZURE_CLIENT_SECRET", None, 2),
        ("AZURE_CLIENT_ID", None, 2),
    ];
    for (name, value, code) in wrong {
        run_with(&desk, "cancel --yes --progress none", name, value).ends_with(code);
        assert_eq!(counts(&desk), before, "{name}: {value:?}");
    }
}

#[test]
fn queued_machines_alone_are_withdrawn_without_a_sign_in() {
    let desk = half_sent();
    let words = "cancel --only queued --yes --progress none";
    run_with(&desk, words, "AZURE_CLIENT_SECRET", None).ends_with(0).says("not sent");
    assert_eq!(counts(&desk)["queued"], 0);
}

#[test]
fn what_defender_was_not_asked_to_cancel_is_told_apart_with_the_command_that_asks() {
    let mut desk = half_sent();
    desk.end_simulator();
    let said = desk.run("cancel --yes --only queued,pending --progress none").ends_with(5);
    let said = said.says("not asked, or not answered by Defender");
    assert!(!said.out.contains("not known yet"), "{said}");
    let said = said.says("mde-offboard cancel 1 --only queued,pending");
    assert!(said.out.contains("not sent: withdrawn"), "{said}");
    let again = desk.run("cancel --yes --json --progress none").ends_with(5).json();
    let pending = counts(&desk)["pending"].clone();
    assert!(pending.as_u64().unwrap() > 0, "{again}");
    assert_eq!((&again["not_asked"], &again["unknown"]), (&pending, &0.into()), "{again}");
}

#[cfg(unix)]
mod stopped {
    use std::net::{TcpListener, TcpStream};
    use std::process::Child;

    use super::{Desk, Said, counts, half_sent, list};
    use crate::support::program::signal;
    use crate::support::waiting::wait_until;

    /// An authority that takes calls and never answers.
    struct Mute(TcpListener);

    impl Mute {
        fn new() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            Self(listener)
        }

        /// The call of a process, which must not end before it.
        fn wait_for_call(&self, process: &mut Child) -> TcpStream {
            let mut call = None;
            wait_until("a sign-in begins", || {
                call = self.0.accept().ok();
                call.is_some() || process.try_wait().unwrap().is_some()
            });
            call.expect("it ended before it signed in").0
        }
    }

    /// Ends a command while it signs in.
    fn stopped_at_sign_in(desk: &Desk, words: &str) -> Said {
        let mute = Mute::new();
        let mut command = desk.command(words);
        command.env("AZURE_AUTHORITY_HOST", format!("http://{}", mute.0.local_addr().unwrap()));
        let mut process = command.spawn().unwrap();
        let _call = mute.wait_for_call(&mut process);
        signal(&process, "-TERM");
        Said::by(process)
    }

    #[test]
    fn a_cancel_that_is_stopped_while_it_signs_in_has_cancelled_nothing() {
        let desk = half_sent();
        let before = counts(&desk);
        let said = stopped_at_sign_in(&desk, "cancel --yes --progress none");
        said.ends_with(7).says("nothing was cancelled");
        assert_eq!(counts(&desk), before);
    }

    #[test]
    fn what_goes_on_with_a_batch_ends_in_order_while_it_signs_in() {
        let desk = half_sent();
        let before = counts(&desk);
        for (command, options) in [("resume 1", "--yes"), ("track 1", "")] {
            let said = stopped_at_sign_in(&desk, &format!("{command} {options} --progress none"));
            said.ends_with(5).says(&format!("continue: mde-offboard {command}"));
            assert_eq!(counts(&desk), before, "{command}");
        }
        desk.run("cancel --only queued --yes").ends_with(0);
        let before = counts(&desk);
        let words = "retry 1 --only skipped";
        let said = stopped_at_sign_in(&desk, &format!("{words} --yes --progress none"));
        let hint = format!("continue: mde-offboard {words}");
        said.ends_with(5).says("nothing was queued").says(&hint);
        assert_eq!(counts(&desk), before);
    }

    #[test]
    fn a_run_that_is_stopped_while_it_signs_in_has_queued_nothing() {
        let desk = half_sent();
        desk.file("others.csv", list(3));
        let said = stopped_at_sign_in(&desk, "run others.csv --comment x --yes");
        said.ends_with(7).says("nothing was queued");
        assert_eq!(desk.run("batches --json").json().as_array().unwrap().len(), 1);
    }
}
