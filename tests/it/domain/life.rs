//! A machine's life: every state times every fact, against a table that a person can read.

use mde_offboard::domain::{
    ActionId, ActionStatus, Counts, Detail, Doubt, Fact, Missing, Reason, State, Timestamp,
};

/// Rows: the state before. Columns: the fact. Cells: the state after; `-`: it cannot happen.
const SENDING: &str = "
           sending  accepted  rejected  attempts  retrying  uncertain  again      resend  held
queued     sending  pending   -         rejected  -         -          -          -       -
sending    -        pending   rejected  rejected  queued    uncertain  -          -       -
uncertain  -        pending   -         rejected  queued    -          uncertain  queued  held
held       -        pending   -         -         -         -          -          -       -
pending    -        -         -         -         -         -          -          -       -
succeeded  -        -         -         -         -         -          -          -       -
failed     -        -         -         -         -         -          -          -       -
timed_out  -        -         -         -         -         -          -          -       -
cancelled  -        -         -         -         -         -          -          -       -
rejected   -        -         -         -         -         -          -          -       -
skipped    -        -         -         -         -         -          -          -       -
";

/// The action at Defender; `updated_final` and `ended_open` contradict themselves.
const ACTION: &str = "
           updated  updated_final  ended_succeeded  ended_failed  ended_timed_out  ended_open
queued     -        -              -                -             -                -
sending    -        -              -                -             -                -
uncertain  -        -              -                -             -                -
held       -        -              -                -             -                -
pending    pending  -              succeeded        failed        timed_out        -
succeeded  -        -              -                -             -                -
failed     -        -              -                -             -                -
timed_out  -        -              -                -             -                -
cancelled  -        -              -                -             -                -
rejected   -        -              -                -             -                -
skipped    -        -              -                -             -                -
";

/// What a person asks for, and how the action takes it.
const PERSON: &str = "
           cancel_asked  cancel_refused  cancel_failed  ended_cancelled  skipped  requeued
queued     -             -               -              -                skipped  -
sending    -             -               -              -                -        -
uncertain  -             -               -              -                -        -
held       -             -               -              -                skipped  queued
pending    pending       pending         pending        cancelled        -        -
succeeded  -             -               -              -                -        -
failed     -             -               -              -                -        queued
timed_out  -             -               -              -                -        queued
cancelled  -             -               -              -                -        queued
rejected   -             -               -              -                -        queued
skipped    -             -               -              -                -        queued
";

const FINAL: [ActionStatus; 4] = [
    ActionStatus::Succeeded,
    ActionStatus::Failed,
    ActionStatus::TimedOut,
    ActionStatus::Cancelled,
];

fn open() -> [ActionStatus; 3] {
    let unknown = ActionStatus::Other("Parked".to_owned());
    [ActionStatus::Pending, ActionStatus::InProgress, unknown]
}

fn detail() -> Detail {
    Detail::new(Some(400), Some("SomeCode"), "some words")
}

fn accepted(adopted: bool, found: bool) -> Fact {
    let action = ActionId::parse("5382f7ea-7557-4ab7-9782-d50480024a4e").expect("a GUID");
    let http_status = (!found).then_some(201);
    let status = ActionStatus::Pending;
    Fact::Accepted { action, status, adopted, found, http_status, created_at: None, named_by: None }
}

fn ended(statuses: &[ActionStatus]) -> Vec<Fact> {
    let fact = |status: &ActionStatus, device_error| Fact::ActionEnded {
        status: status.clone(),
        device_error,
    };
    statuses.iter().flat_map(|status| [fact(status, None), fact(status, Some(5))]).collect()
}

/// Every fact there is, in all forms that could matter.
fn every_fact() -> Vec<Fact> {
    let at = Timestamp::from_micros(1_000_000);
    let both = [true, false];
    let mut facts = vec![
        Fact::Sending,
        Fact::Missing(Missing::Again { look_at: at }),
        Fact::Missing(Missing::Resend),
        Fact::Held { detail: detail() },
        Fact::CancelAsked,
        Fact::CancelRefused { detail: detail() },
        Fact::CancelFailed { detail: detail() },
        Fact::Requeued,
    ];
    facts.extend(both.map(|adopted| accepted(adopted, true)));
    facts.extend(both.map(|adopted| accepted(adopted, false)));
    facts.extend(both.map(|counts| Fact::Retrying { not_before: at, counts, detail: detail() }));
    facts.extend(Reason::ALL.map(|reason| Fact::Rejected { reason, detail: detail() }));
    facts.extend(Reason::ALL.map(|reason| Fact::Skipped { reason }));
    facts.extend(
        [Doubt::NoAnswer, Doubt::ProcessEnded, Doubt::Busy].map(|doubt| Fact::Uncertain {
            doubt,
            detail: detail(),
            look_at: at,
        }),
    );
    facts.extend(open().map(|status| Fact::ActionUpdated { status }));
    facts.extend(FINAL.map(|status| Fact::ActionUpdated { status }));
    facts.extend(ended(&open()));
    facts.extend(ended(&FINAL));
    facts
}

/// The column of a fact. A new kind of fact does not compile until it has one.
fn column(fact: &Fact) -> &'static str {
    match fact {
        Fact::Sending => "sending",
        Fact::Accepted { .. } => "accepted",
        Fact::Rejected { reason: Reason::Attempts, .. } => "attempts",
        Fact::Rejected { .. } => "rejected",
        Fact::Retrying { .. } => "retrying",
        Fact::Uncertain { .. } => "uncertain",
        Fact::Missing(Missing::Again { .. }) => "again",
        Fact::Missing(Missing::Resend) => "resend",
        Fact::Held { .. } => "held",
        Fact::ActionUpdated { status } if FINAL.contains(status) => "updated_final",
        Fact::ActionUpdated { .. } => "updated",
        Fact::ActionEnded { status: ActionStatus::Succeeded, .. } => "ended_succeeded",
        Fact::ActionEnded { status: ActionStatus::Failed, .. } => "ended_failed",
        Fact::ActionEnded { status: ActionStatus::TimedOut, .. } => "ended_timed_out",
        Fact::ActionEnded { status: ActionStatus::Cancelled, .. } => "ended_cancelled",
        Fact::ActionEnded { .. } => "ended_open",
        Fact::CancelAsked => "cancel_asked",
        Fact::CancelRefused { .. } => "cancel_refused",
        Fact::CancelFailed { .. } => "cancel_failed",
        Fact::Skipped { .. } => "skipped",
        Fact::Requeued => "requeued",
    }
}

/// The cell of a table; none where the table has no such column.
fn cell<'a>(table: &'a str, state: State, column: &str) -> Option<&'a str> {
    let mut rows = table.lines().filter(|row| !row.is_empty()).map(str::split_whitespace);
    let index = rows.next()?.position(|name| name == column)?;
    let mut row = rows.find(|row| row.clone().next() == Some(state.word()))?;
    row.nth(index + 1)
}

fn expected(state: State, column: &str) -> &'static str {
    let cells: Vec<&str> =
        [SENDING, ACTION, PERSON].iter().filter_map(|table| cell(table, state, column)).collect();
    assert_eq!(cells.len(), 1, "`{column}` of `{state}` stands in exactly one table");
    cells[0]
}

#[test]
fn every_state_takes_every_fact_as_the_tables_say() {
    for state in State::ALL {
        for fact in every_fact() {
            let expected = expected(state, column(&fact));
            let found = state.after(&fact).map_or("-", State::word);
            assert_eq!(found, expected, "a machine that is {state}, after {fact:?}");
        }
    }
}

#[test]
fn every_column_is_walked() {
    let walked: Vec<&str> = every_fact().iter().map(column).collect();
    for table in [SENDING, ACTION, PERSON] {
        let header = table.lines().find(|row| !row.is_empty()).unwrap();
        for name in header.split_whitespace() {
            assert!(walked.contains(&name), "no fact for the column `{name}`");
        }
    }
}

#[test]
fn a_settled_machine_changes_only_when_it_is_queued_again() {
    for state in State::ALL.into_iter().filter(|state| state.is_settled()) {
        for fact in every_fact() {
            match state.after(&fact) {
                Ok(next) => assert_eq!((fact, next), (Fact::Requeued, State::Queued), "{state}"),
                Err(forbidden) => assert_eq!(forbidden.state, state),
            }
        }
    }
}

#[test]
fn the_order_on_screens_has_every_state_once() {
    let mut in_order = State::IN_ORDER;
    in_order.sort_unstable();
    assert_eq!(in_order, State::ALL);
}

#[test]
fn a_machine_that_is_offboarded_is_never_queued_again() {
    assert!(State::Succeeded.after(&Fact::Requeued).is_err());
}

#[test]
fn only_an_intent_from_the_queue_leads_to_sending() {
    for state in State::ALL {
        for fact in every_fact() {
            if state.after(&fact) == Ok(State::Sending) {
                assert_eq!((state, fact), (State::Queued, Fact::Sending));
            }
        }
    }
}

#[test]
fn a_forbidden_fact_names_the_state_and_the_fact() {
    let error = State::Succeeded.after(&Fact::Sending).unwrap_err();
    assert_eq!(error.to_string(), "a machine that is succeeded cannot become Sending");
}

#[test]
fn states_are_read_back_from_their_words() {
    for state in State::ALL {
        assert_eq!(State::from_word(state.word()), Some(state));
    }
    assert_eq!(State::from_word("Queued"), None);
    assert_eq!(State::from_word(""), None);
}

#[test]
fn settled_and_unsuccessful_are_what_the_words_promise() {
    let words = |belongs: fn(State) -> bool| -> Vec<&str> {
        State::ALL.into_iter().filter(|state| belongs(*state)).map(State::word).collect()
    };
    let settled = ["succeeded", "failed", "timed_out", "cancelled", "rejected", "skipped"];
    assert_eq!(words(State::is_settled), settled);
    let unsuccessful = ["failed", "timed_out", "cancelled", "rejected"];
    assert_eq!(words(State::is_unsuccessful), unsuccessful);
}

#[test]
fn counts_add_up_and_know_what_is_left() {
    let mut counts = Counts::default();
    for (machines, state) in (1..).zip(State::ALL) {
        counts.add(state, machines);
    }
    assert_eq!(counts.total(), (1..=11).sum::<u64>());
    assert_eq!(counts.of(State::Held), 4);
    assert_eq!(counts.settled(), 6 + 7 + 8 + 9 + 10 + 11);
    assert_eq!(counts.unsuccessful(), 7 + 8 + 9 + 10);
    assert_eq!(counts.accepted(), 5 + 6 + 7 + 8 + 9);
    assert_eq!(counts.to_send_or_look_up(), 1 + 2 + 3);
    counts.shift(State::Queued, State::Sending);
    assert_eq!((counts.of(State::Queued), counts.of(State::Sending)), (0, 3));
    assert_eq!(counts.total(), (1..=11).sum::<u64>());
}
