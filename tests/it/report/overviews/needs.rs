//! What needs a person, and what does not.

use mde_offboard::domain::{ActionStatus, BatchFact, End, Reason};
use mde_offboard::engine::Clock;
use mde_offboard::event::{Wait, WaitReason};
use mde_offboard::journal::{Copier, Heartbeat};

use crate::documents::fits::check;
use crate::report::after;
use crate::support::desk::Desk;
use crate::support::journals::until_free;
use crate::support::program::native;

use super::{
    FOLDER, desk, ended, journal, left, needs, overview, row, running, succeeded, tripped,
};

/// A journal for each thing that can be wrong, and for what is not.
fn every_kind() -> Desk {
    let desk = desk();
    left(&desk, "settled", 3, |book| {
        succeeded(book, 3);
        ended(book, End::Settled, "");
    });
    left(&desk, "pending", 3, |book| {
        (1..=3).for_each(|number| book.accepted(number, 0));
        ended(book, End::Pending, "");
    });
    left(&desk, "interrupted", 3, |book| ended(book, End::Interrupted, ""));
    left(&desk, "stopped", 3, |book| ended(book, End::Stopped, ""));
    left(&desk, "past", 3, |book| ended(book, End::PastUntil, ""));
    left(&desk, "tripped", 3, |book| tripped(book, "2 of 3 machines failed"));
    left(&desk, "access", 3, |book| ended(book, End::NoAccess, "the secret has expired"));
    left(&desk, "unreachable", 3, |book| ended(book, End::Unreachable, "no answer"));
    left(&desk, "died", 3, |_| ());
    left(&desk, "died-following", 1, |book| book.accepted(1, 0));
    left(&desk, "held", 2, |book| {
        book.held(1, 0);
        book.action_ended(2, 0, ActionStatus::Succeeded);
        ended(book, End::Settled, "");
    });
    left(&desk, "failed", 3, |book| {
        book.action_ended(1, 0, ActionStatus::Failed);
        book.rejected(2, 0, Reason::Attempts, "timeout");
        book.rejected(3, 0, Reason::Refused, "OsPlatformNotSupported");
        ended(book, End::Settled, "");
    });
    left(&desk, "refused", 1, |book| {
        book.rejected(1, 0, Reason::Refused, "OsPlatformNotSupported");
        ended(book, End::Settled, "");
    });
    left(&desk, "restored", 3, |book| {
        ended(book, End::Interrupted, "");
        book.batch_fact(950, BatchFact::RolledBack { actions: 0 });
    });
    desk
}

#[test]
fn what_needs_a_person_comes_first_with_why_and_the_command_that_helps() {
    let desk = every_kind();
    let document = overview(&desk, 0);
    check("overview", &document);
    for (name, kinds, command) in [
        ("restored", &["rolled_back"][..], "resume 1"),
        ("tripped", &["tripped"], "resume 1"),
        ("access", &["no_access"], "resume 1"),
        ("unreachable", &["unreachable"], "resume 1"),
        ("died", &["died"], "resume 1"),
        ("died-following", &["died"], "track 1"),
        ("held", &["held"], "resolve --only held --batch 1"),
        ("failed", &["failed"], "retry 1"),
    ] {
        assert_eq!(needs(&document, name), kinds, "{name}");
        let path = native(&format!("{FOLDER}/{name}.db"));
        let command = format!("mde-offboard {command} --journal {path}");
        assert_eq!(row(&document, name)["needs"][0]["command"], command, "{name}");
    }
    for name in ["settled", "pending", "interrupted", "stopped", "past", "refused"] {
        assert_eq!(needs(&document, name), Vec::<String>::new(), "{name}");
    }
    let rows = document["journals"].as_array().unwrap();
    let need = rows.iter().map(|row| !row["needs"].as_array().unwrap().is_empty());
    assert!(need.clone().take(8).all(|it| it) && !need.clone().skip(8).any(|it| it), "{rows:#?}");
    assert_eq!(document["totals"]["need_a_person"], 8);
    assert_eq!(document["totals"]["journals"], 14);
    let said = desk.run(&format!("status --journal {FOLDER}")).ends_with(0);
    said.says_all(&[
        "14 journals: 8 need a person, 0 running",
        "3 not sent; a guard stopped it: 2 of 3 machines failed",
        "3 not sent; the credentials or the permissions were refused: the secret has\n",
        "the program or the computer ended",
        "1 held: a person decides",
        "2 failed and can be tried again",
        &format!("mde-offboard retry 1 --journal {}", native("tenants/failed.db")),
    ]);
}

#[test]
fn a_run_that_cannot_go_on_for_long_without_a_person_is_among_the_first() {
    let desk = desk();
    let now = Clock::new().now().wall;
    let later = now.plus(std::time::Duration::from_hours(1));
    let reasons = [
        ("signs-in", now, WaitReason::SignIn { since: after(0), gives_up_at: later }),
        ("offline", now, WaitReason::Network { since: after(0), gives_up_at: later }),
        ("suspended", after(0), WaitReason::RetryAfter),
        ("waits", now, WaitReason::RetryAfter),
    ];
    let books: Vec<_> = reasons
        .into_iter()
        .map(|(name, at, reason)| {
            let mut book = running(&desk, name, 2);
            let waiting = Some(Wait { reason, until: later, machines: 0 });
            let batch = book.batch;
            let heartbeat = Heartbeat { at, batch, waiting, said: None, last_send_at: None };
            book.journal.heartbeat(&heartbeat).unwrap();
            book
        })
        .collect();
    let document = overview(&desk, 0);
    check("overview", &document);
    for (name, kinds) in [
        ("signs-in", &["no_access"][..]),
        ("offline", &["unreachable"]),
        ("suspended", &["silent"]),
        ("waits", &[]),
    ] {
        assert_eq!(needs(&document, name), kinds, "{name}");
        assert_eq!(row(&document, name)["state"], "running", "{name}");
    }
    assert_eq!(row(&document, "waits")["waiting"]["reason"], "retry_after");
    assert!(row(&document, "waits")["forecast"]["last_send_at"].is_string());
    let said = desk.run(&format!("status --journal {FOLDER}")).ends_with(0);
    said.says_all(&["sign-in refused since", "is it suspended?", "pause to "]);
    drop(books);
}

#[test]
fn the_row_is_of_the_unfinished_batch_and_an_older_one_is_not_forgotten() {
    let desk = desk();
    left(&desk, "two", 2, |book| {
        book.held(1, 0);
        book.accepted(2, 0);
        ended(book, End::Pending, "");
        book.another_batch(3);
        ended(book, End::Interrupted, "");
        book.another_batch(1);
        book.sent(1, 0);
        book.accepted_as("third", 1, 0);
        ended(book, End::Pending, "");
    });
    let document = overview(&desk, 0);
    assert_eq!(row(&document, "two")["batch"]["id"], 2, "{document:#}");
    assert_eq!(needs(&document, "two"), ["other_batch"]);
    assert_eq!(row(&document, "two")["needs"][0]["words"], "batch 1 too: 1 held");
}

#[test]
fn a_copy_and_what_was_handed_over_need_nobody_and_count_where_they_go_on() {
    let desk = desk();
    left(&desk, "own", 2, |book| {
        let [user, host] = ["anna", "here"].map(str::to_owned);
        let copier = Copier { user, host, at: after(1) };
        book.journal.copy_to_file(&journal(&desk, "copy"), &copier).unwrap();
    });
    left(&desk, "old", 2, |book| ended(book, End::Interrupted, ""));
    desk.run(&format!("journal copy {FOLDER}/new.db --hand-over --journal {FOLDER}/old.db"))
        .ends_with(0);
    until_free(&journal(&desk, "new"));
    let document = overview(&desk, 0);
    check("overview", &document);
    for (name, state) in
        [("own", "unfinished"), ("copy", "copy"), ("old", "handed_over"), ("new", "unfinished")]
    {
        assert_eq!(row(&document, name)["state"], state, "{document:#}");
    }
    for name in ["copy", "old"] {
        assert!(needs(&document, name).is_empty() && row(&document, name)["next"].is_null());
        assert!(row(&document, name)["other"].as_str().is_some_and(|it| it.contains(".db")));
    }
    assert_eq!(document["totals"]["of"], 4);
}
