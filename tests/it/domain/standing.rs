//! A machine's row: the fold of its facts.

use mde_offboard::domain::{
    ActionId, ActionStatus, Detail, Doubt, Fact, Missing, Reason, Standing, State, Timestamp,
};

/// The `second`th second of these stories.
fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

/// Folds facts that happen at seconds 1, 2, 3 ...
fn fold(facts: &[Fact]) -> Standing {
    let mut standing = Standing::NEW;
    for (second, fact) in (1..).zip(facts) {
        standing = standing.after(fact, at(second)).expect("the story can happen");
    }
    standing
}

fn detail(http_status: u16) -> Detail {
    Detail::new(Some(http_status), None, "some words")
}

fn action() -> ActionId {
    ActionId::parse("5382f7ea-7557-4ab7-9782-d50480024a4e").expect("a GUID")
}

fn accepted() -> Fact {
    let status = ActionStatus::Pending;
    Fact::Accepted {
        action: action(),
        status,
        adopted: false,
        found: false,
        http_status: Some(201),
        created_at: Some(at(50)),
        named_by: None,
    }
}

/// After an answer with that status; whether it counts is what the second argument is about.
fn retrying(http_status: u16, counts: bool) -> Fact {
    Fact::Retrying { not_before: at(100), counts, detail: detail(http_status) }
}

fn uncertain() -> Fact {
    Fact::Uncertain { doubt: Doubt::NoAnswer, detail: Detail::default(), look_at: at(300) }
}

fn again() -> Fact {
    Fact::Missing(Missing::Again { look_at: at(360) })
}

fn ended(status: ActionStatus, device_error: Option<i64>) -> Fact {
    Fact::ActionEnded { status, device_error }
}

#[test]
fn a_new_machine_waits_and_nothing_has_happened_to_it() {
    assert_eq!(fold(&[]), Standing::default());
    assert_eq!(Standing::NEW.state, State::Queued);
    assert_eq!(Standing::NEW.settled_at, None);
}

#[test]
fn every_intent_is_an_attempt_and_the_first_and_last_are_remembered() {
    let standing = fold(&[Fact::Sending, retrying(403, true), Fact::Sending]);
    assert_eq!((standing.attempts, standing.attempts_counted), (2, 2));
    assert_eq!((standing.first_sent_at, standing.sent_at), (Some(at(1)), Some(at(3))));
    assert_eq!(standing.not_before, None, "it is on its way");
}

#[test]
fn a_429_is_an_attempt_that_does_not_count() {
    let standing =
        fold(&[Fact::Sending, retrying(429, false), Fact::Sending, retrying(429, false)]);
    assert_eq!((standing.attempts, standing.attempts_counted), (2, 0));
}

#[test]
fn a_retry_waits_for_its_instant_and_keeps_what_was_seen() {
    let standing = fold(&[Fact::Sending, retrying(403, true)]);
    assert_eq!(standing.not_before, Some(at(100)));
    assert_eq!(standing.detail, Some(detail(403)));
}

#[test]
fn only_a_404_is_an_absence() {
    let once = |status| fold(&[Fact::Sending, retrying(status, true)]).absences;
    assert_eq!((once(404), once(403), once(429)), (1, 0, 0));
    let facts = [Fact::Sending, retrying(404, true), Fact::Sending, retrying(404, true)];
    assert_eq!(fold(&facts).absences, 2);
}

#[test]
fn a_doubt_waits_for_its_look_up_and_counts_what_was_not_found() {
    let doubt = fold(&[Fact::Sending, uncertain()]);
    assert_eq!((doubt.not_before, doubt.misses, doubt.resends), (Some(at(300)), 0, 0));
    let missed = fold(&[Fact::Sending, uncertain(), again()]);
    assert_eq!((missed.not_before, missed.misses, missed.resends), (Some(at(360)), 1, 0));
    let released = fold(&[Fact::Sending, uncertain(), again(), Fact::Missing(Missing::Resend)]);
    assert_eq!((released.not_before, released.misses, released.resends), (None, 0, 1));
    assert_eq!(released.state, State::Queued);
}

#[test]
fn a_second_doubt_begins_its_look_ups_anew_and_remembers_the_first() {
    let resend = Fact::Missing(Missing::Resend);
    let first = [Fact::Sending, uncertain(), again(), resend];
    let standing = fold(&[&first[..], &[Fact::Sending, uncertain()]].concat());
    assert_eq!((standing.misses, standing.resends, standing.attempts), (0, 1, 2));
}

#[test]
fn a_held_machine_waits_for_a_person_and_for_no_instant() {
    let held = Fact::Held { detail: detail(500) };
    let standing = fold(&[Fact::Sending, uncertain(), again(), held]);
    assert_eq!((standing.state, standing.not_before), (State::Held, None));
    assert_eq!(standing.settled_at, None);
}

#[test]
fn an_accepted_machine_has_its_action_and_waits_for_no_instant() {
    let standing = fold(&[Fact::Sending, uncertain(), again(), accepted()]);
    assert_eq!(standing.action, Some(action()));
    assert_eq!(standing.action_created_at, Some(at(50)));
    assert_eq!(standing.action_status, Some(ActionStatus::Pending));
    assert_eq!((standing.not_before, standing.misses), (None, 0));
    assert_eq!(standing.detail.and_then(|detail| detail.http_status), Some(201));
}

#[test]
fn an_action_that_was_found_for_a_machine_without_an_intent_is_adopted_as_it_is() {
    let status = ActionStatus::InProgress;
    let found = Fact::Accepted {
        action: action(),
        status: status.clone(),
        adopted: true,
        found: true,
        http_status: None,
        created_at: Some(at(-86_400)),
        named_by: None,
    };
    let standing = fold(&[found]);
    assert_eq!((standing.state, standing.adopted), (State::Pending, true));
    assert_eq!(standing.action_status, Some(status));
    assert_eq!(standing.action_created_at, Some(at(-86_400)), "older than the batch");
    assert_eq!((standing.attempts, standing.first_sent_at), (0, None), "the journal sent nothing");
}

#[test]
fn a_machine_settles_when_its_action_ends() {
    for (status, state) in [
        (ActionStatus::Succeeded, State::Succeeded),
        (ActionStatus::Failed, State::Failed),
        (ActionStatus::TimedOut, State::TimedOut),
        (ActionStatus::Cancelled, State::Cancelled),
    ] {
        let standing = fold(&[Fact::Sending, accepted(), ended(status.clone(), None)]);
        assert_eq!((standing.state, standing.settled_at), (state, Some(at(3))));
        assert_eq!(standing.action_status, Some(status));
    }
}

#[test]
fn a_machine_that_is_not_settled_has_no_settling_time() {
    let facts = [Fact::Sending, uncertain(), again(), accepted(), Fact::CancelAsked];
    for known in 0..=facts.len() {
        assert_eq!(fold(&facts[..known]).settled_at, None, "after {known} facts");
    }
}

#[test]
fn the_device_s_own_error_is_shown_as_an_hresult() {
    let facts = |code| fold(&[Fact::Sending, accepted(), ended(ActionStatus::Failed, code)]);
    let shown = |code| facts(code).detail.and_then(|detail| detail.code);
    assert_eq!(shown(Some(-2_147_024_891)).as_deref(), Some("0x80070005"));
    assert_eq!(shown(Some(0x8007_0005)).as_deref(), Some("0x80070005"));
    assert_eq!(shown(Some(0)), None, "zero is no error");
    assert_eq!(shown(None), None);
}

/// Cancels of an action that then ended were refused: nobody asks for that any more.
#[test]
fn what_was_said_to_cancels_is_no_error_of_a_machine_that_is_done() {
    let refused = || Fact::CancelRefused { detail: detail(400) };
    let told = |status, code| {
        fold(&[Fact::Sending, accepted(), Fact::CancelAsked, refused(), ended(status, code)])
    };
    let error = |standing: &Standing| standing.error().cloned();
    for status in [ActionStatus::Succeeded, ActionStatus::Cancelled] {
        assert_eq!(error(&told(status.clone(), None)), None, "{status:?}");
        // Its own error is one.
        let own = told(status.clone(), Some(5));
        assert_eq!(own.error().map(Detail::code), Some("0x00000005"), "{status:?}");
    }
    for status in [ActionStatus::Failed, ActionStatus::TimedOut] {
        assert_eq!(error(&told(status.clone(), None)), Some(detail(400)), "{status:?}");
    }
    // What is only the status of its request stays, and is nothing to read.
    let done = fold(&[Fact::Sending, accepted(), ended(ActionStatus::Succeeded, None)]);
    assert_eq!(error(&done), Some(Detail::new(Some(201), None, "")));
    assert_eq!(error(&fold(&[Fact::Sending, retrying(403, true)])), Some(detail(403)));
}

#[test]
fn a_refused_machine_says_why() {
    let rejected = Fact::Rejected { reason: Reason::NotFound, detail: detail(404) };
    let standing = fold(&[Fact::Sending, rejected]);
    assert_eq!((standing.state, standing.reason), (State::Rejected, Some(Reason::NotFound)));
    assert_eq!((standing.detail, standing.settled_at), (Some(detail(404)), Some(at(2))));
}

#[test]
fn a_machine_that_is_withdrawn_while_it_waits_for_a_retry_waits_no_more() {
    let skipped = Fact::Skipped { reason: Reason::Withdrawn };
    let standing = fold(&[Fact::Sending, retrying(403, true), skipped]);
    assert_eq!((standing.state, standing.reason), (State::Skipped, Some(Reason::Withdrawn)));
    assert_eq!((standing.not_before, standing.settled_at), (None, Some(at(3))));
}

#[test]
fn a_cancel_is_remembered_and_its_refusal_is_told() {
    let refused = Fact::CancelRefused { detail: detail(400) };
    let standing = fold(&[Fact::Sending, accepted(), Fact::CancelAsked, refused]);
    assert_eq!((standing.state, standing.cancel_asked), (State::Pending, true));
    assert_eq!(standing.detail, Some(detail(400)));
}

#[test]
fn a_retry_clears_the_action_and_keeps_what_was_sent() {
    let facts = [
        Fact::Sending,
        retrying(404, true),
        Fact::Sending,
        accepted(),
        Fact::CancelAsked,
        ended(ActionStatus::Failed, Some(5)),
        Fact::Requeued,
    ];
    let kept =
        Standing { attempts: 2, first_sent_at: Some(at(1)), sent_at: Some(at(3)), ..Standing::NEW };
    assert_eq!(fold(&facts), kept);
}

#[test]
fn a_forbidden_fact_leaves_no_trace() {
    let before = fold(&[Fact::Sending, accepted()]);
    let untouched = before.clone();
    assert!(before.after(&Fact::Sending, at(9)).is_err());
    assert_eq!(before, untouched);
}

#[test]
fn no_standing_ever_waits_for_an_instant_unless_it_is_queued_or_uncertain() {
    let held = Fact::Held { detail: detail(500) };
    let stories: [&[Fact]; 4] = [
        &[Fact::Sending, retrying(403, true), Fact::Sending, accepted()],
        &[Fact::Sending, uncertain(), again(), held],
        &[Fact::Sending, uncertain(), accepted(), ended(ActionStatus::Succeeded, None)],
        &[Fact::Sending, retrying(403, true), Fact::Skipped { reason: Reason::Withdrawn }],
    ];
    for story in stories {
        for known in 0..=story.len() {
            let standing = fold(&story[..known]);
            if standing.not_before.is_some() {
                assert!(matches!(standing.state, State::Queued | State::Uncertain), "{standing:?}");
            }
        }
    }
}
