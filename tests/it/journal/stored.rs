//! The bytes of each fact: the audit chain is computed over them, so they never change.

use std::path::Path;
use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, BatchFact, Detail, Doubt, End, Fact, MachineId, MachineNumber, Missing, Reason,
    StoppedBy, Timestamp, WhereFilter,
};
use mde_offboard::journal::{Changes, Journal, JournalError, NewBatch};
use rusqlite::Connection;

use super::setup::{
    accepted, action, at, batch_of, detail, ended, new_batch, open, place, stage, tell, unguarded,
};
use crate::support::batches::CreatePlanned as _;

/// The facts of a journal as they are stored: `kind content`, in order.
fn stored(path: &Path) -> String {
    let db = Connection::open(path).unwrap();
    let sql = "SELECT kind || ' ' || content FROM facts ORDER BY id";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
}

/// A detail whose words need escapes in JSON.
fn strange() -> Detail {
    Detail { http_status: None, code: None, message: "\"größer\" \\ / \u{1F600}".to_owned() }
}

fn facts_about_machines() -> Vec<Fact> {
    let uncertain = |doubt, detail| Fact::Uncertain { doubt, detail, look_at: at(300) };
    let again = Fact::Missing(Missing::Again { look_at: at(600) });
    let resend = Fact::Missing(Missing::Resend);
    let mut facts = Vec::new();
    for doubt in [
        Doubt::NoAnswer,
        Doubt::WrongShape,
        Doubt::OtherAnswer,
        Doubt::Redirected,
        Doubt::WrongMachine(MachineId::from_bytes([9; 20])),
        Doubt::ProcessEnded,
        Doubt::Busy,
    ] {
        facts.extend([Fact::Sending, uncertain(doubt, detail("Code")), again.clone()]);
        facts.push(resend.clone());
    }
    facts.push(Fact::Sending);
    facts.push(Fact::Retrying { not_before: at(400), counts: false, detail: Detail::default() });
    facts.push(Fact::Sending);
    facts.push(Fact::Retrying { not_before: at(401), counts: true, detail: detail("Busy") });
    facts.extend([Fact::Sending, uncertain(Doubt::Busy, strange()), again]);
    facts.extend([Fact::Held { detail: strange() }, Fact::Requeued, Fact::Sending]);
    facts.push(accepted("a-1"));
    facts.push(Fact::ActionUpdated { status: ActionStatus::InProgress });
    facts.extend([Fact::CancelAsked, Fact::CancelRefused { detail: detail("Busy") }]);
    facts.extend([Fact::CancelAsked, Fact::CancelFailed { detail: detail("Forbidden") }]);
    facts.extend([ended(ActionStatus::Cancelled), Fact::Requeued, Fact::Sending]);
    facts.push(Fact::Accepted {
        action: action("3f2a1b4c-0000-4000-8000-000000000001"),
        status: ActionStatus::Other("Bewildered".to_owned()),
        adopted: true,
        found: true,
        http_status: None,
        created_at: Some(at(-9)),
        named_by: None,
    });
    let device_error = Some(-2_147_024_891);
    facts.push(Fact::ActionEnded { status: ActionStatus::Failed, device_error });
    for reason in Reason::ALL {
        facts.extend([Fact::Requeued, Fact::Sending, Fact::Rejected { reason, detail: strange() }]);
        facts.extend([Fact::Requeued, Fact::Skipped { reason }]);
    }
    facts
}

fn facts_about_batches() -> Vec<BatchFact> {
    let text = str::to_owned;
    let mut facts = vec![
        BatchFact::Started { command: text("run") },
        BatchFact::OptionChanged { name: text("comment"), value: text("\"größer\" \\ than") },
        BatchFact::RolledBack { actions: 3 },
        BatchFact::ListedLate { longest: Duration::from_micros(1_500_001) },
        BatchFact::ListsDistrusted { why: text("an action was left out") },
        BatchFact::Forecast { last_send_at: at(3_600) },
        BatchFact::OptionsRemembered { options: text("{}") },
        BatchFact::RunBy {
            command: text("resume"),
            user: text("CONTOSO\\anna"),
            host: text("build-3"),
            version: text("0.1.0"),
            app: Some(text("5d1e0000-0000-0000-0000-00000000c07a")),
            options: Some(text("{}")),
        },
        BatchFact::RunBy {
            command: text("resolve"),
            user: text("anna"),
            host: text("build-3"),
            version: text("0.1.0"),
            app: None,
            options: None,
        },
        BatchFact::HandedOver { to: text("b.db"), user: text("anna"), host: text("build-3") },
    ];
    let canary = |machines, chosen| BatchFact::CanaryChosen { machines, chosen };
    // The last choice is none, as the rows have it.
    let chosen = [canary(20, None), canary(20, Some([3; 32])), canary(0, None)];
    facts.extend(chosen.into_iter().chain([BatchFact::CanaryPassed]));
    facts.extend(StoppedBy::ALL.map(|guard| BatchFact::GuardLifted {
        guard,
        answered: 20,
        failed: 1,
    }));
    facts.push(BatchFact::Recounted { answered: 19, failed: 0 });
    facts.extend(End::ALL.map(|end| BatchFact::Ended { end, why: None }));
    let why = || text("of 20, 19 succeeded, 1 failed");
    facts.extend(StoppedBy::ALL.map(|guard| BatchFact::Tripped { guard, why: why() }));
    facts
}

#[test]
fn every_fact_is_stored_in_the_bytes_that_it_always_had_and_read_back_from_them() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let filters = ["osPlatform=\"Windows10\"", "tag=old"]
        .map(|condition| WhereFilter { condition: condition.to_owned(), left_out: None });
    let filters = filters.to_vec();
    stage(&mut journal, [7]);
    let other = journal.create_planned(&NewBatch { filters, ..new_batch(2) }, at(0)).unwrap();
    let batch = batch_of(&mut journal, 1);
    let facts = facts_about_machines();
    tell(&mut journal, batch, 1, &facts);
    let batch_facts = facts_about_batches();
    let changed = batch_facts.iter().map(|fact| (batch, at(9), fact.clone())).collect();
    journal.commit(&Changes { batch_facts: changed, ..Changes::default() }).unwrap();
    insta::assert_snapshot!(stored(&path));

    let read = journal.facts_of(batch, MachineNumber(1)).unwrap();
    assert_eq!(read, (1..).map(at).zip(facts).collect::<Vec<_>>());
    assert_eq!(journal.facts_of(other, MachineNumber(1)).unwrap(), []);
    journal.verify_rows(batch).unwrap();
    let read = journal.batch_facts_of(batch).unwrap();
    assert_eq!(read.into_iter().skip(1).map(|(_, fact)| fact).collect::<Vec<_>>(), batch_facts);
}

/// What a later version may add is passed over, and what this one does not know is damage.
#[test]
fn a_field_that_is_not_known_is_passed_over_and_a_kind_or_a_word_that_is_not_is_damage() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 1);
    drop(journal);
    drop(unguarded(&path));
    let read = |kind: &str, content: &str| {
        let db = Connection::open(&path).unwrap();
        db.execute("DELETE FROM facts WHERE number = 1", []).unwrap();
        let sql = "INSERT INTO facts (batch, number, at, kind, content, hash)
                   VALUES (1, 1, 9, ?1, ?2, zeroblob(32))";
        db.execute(sql, [kind, content]).unwrap();
        drop(db);
        let facts = Journal::open_reader(&path).unwrap().facts_of(batch, MachineNumber(1));
        facts.map(|facts| facts.into_iter().map(|(_, fact)| fact).collect::<Vec<_>>())
    };
    let look_at = Timestamp::from_micros(7);
    let detail = Detail { http_status: None, code: None, message: "no".to_owned() };
    let known = [
        ("sending", r#"{"new":[1]}"#, Fact::Sending),
        ("released", r#"{"new":null}"#, Fact::Missing(Missing::Resend)),
        ("missing", r#"{"new":1,"look_at":7}"#, Fact::Missing(Missing::Again { look_at })),
        ("held", r#"{"message":"no","new":{}}"#, Fact::Held { detail: detail.clone() }),
        (
            "uncertain",
            r#"{"doubt":"busy","new":"","detail":{"message":"no","new":1},"look_at":7}"#,
            Fact::Uncertain { doubt: Doubt::Busy, detail, look_at },
        ),
    ];
    for (kind, content, fact) in known {
        assert_eq!(read(kind, content).unwrap(), [fact], "{kind}");
    }
    for (kind, content) in [
        ("vanished", "{}"),
        ("", "{}"),
        ("sending\":{},\"held", "{}"),
        ("missing", "{}"),
        ("missing", r#"{"look_at":"soon"}"#),
        ("skipped", r#"{"reason":"bored"}"#),
        ("skipped", r#"{"reason":"resolved""#),
        ("skipped", r#"{"reason":"resolved"}} "#),
        ("uncertain", r#"{"doubt":"wrong_machine","detail":{"message":""},"look_at":7}"#),
        ("uncertain", r#"{"doubt":"deep","detail":{"message":""},"look_at":7}"#),
        ("started", r#"{"command":"run"}"#),
    ] {
        let found = read(kind, content);
        assert!(matches!(found, Err(JournalError::Damaged { .. })), "{kind} {content}: {found:?}");
    }
}
