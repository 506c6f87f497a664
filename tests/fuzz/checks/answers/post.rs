//! The claims about `POST .../offboard`.
//!
//! Success, and "never", are claimed only in Defender's own words; all else is doubt. An action
//! that names no machine is taken for the one that was asked for, on purpose: some answers leave it
//! out. Deliberately absent: what is done next.

use mde_offboard::domain::{Action, ActionType, Answer, Doubt, Trouble};

use super::body::{Body, Tree};
use super::kept::{is_defenders_own, is_status};
use super::question::{COMMENT, MACHINE, MARKER, Question, machine};

pub(super) fn check_post(question: &Question<'_>, answer: &Answer) {
    let status = question.status;
    if (200..=299).contains(&status) {
        let fits = matches!(answer, Answer::Accepted { .. } | Answer::Doubtful { .. });
        assert!(fits, "{status} is an effect or a doubt, not {answer:?}");
    }
    match answer {
        Answer::Accepted { action, adopted, http_status } => {
            assert!(matches!(status, 200 | 201) && *http_status == status, "{answer:?}");
            check_accepted(question, action, *adopted);
        }
        Answer::Refused(_) | Answer::Busy(_) => {
            assert!(status == 400 && is_defenders_own(question), "{status}: {answer:?}");
        }
        Answer::Absent(detail) => {
            assert!(status == 404 && is_defenders_own(question), "{status}: {answer:?}");
            assert!(matches!(detail.code(), "ResourceNotFound" | "NotFound"), "{detail:?}");
        }
        // Reads only.
        Answer::Trouble(
            Trouble::Unreadable(_) | Trouble::Mismatched(_) | Trouble::Redirected(_),
        ) => panic!("{answer:?}"),
        Answer::Trouble(_) => assert!(matches!(status, 401 | 403 | 407 | 429), "{answer:?}"),
        Answer::Doubtful { doubt, .. } => check_doubt(question, doubt),
    }
}

/// One JSON object, an Offboard action with an ID and a status, about no other machine.
fn check_accepted(question: &Question<'_>, action: &Action, adopted: bool) {
    assert!(question.may_be_json(), "{action:?}");
    assert_eq!(action.machine, Some(machine()));
    assert_eq!(action.kind, ActionType::Offboard);
    let tree = match Body::read(question.body) {
        Body::NotJson => panic!("accepted without JSON: {action:?}"),
        Body::Odd => return,
        Body::Read(tree) => tree,
    };
    assert_eq!(tree.text("id"), Some(action.id.as_str()), "{tree:?}");
    let is = |name, word: &str| tree.text(name).is_some_and(|t| t.eq_ignore_ascii_case(word));
    assert!(is("type", "Offboard"), "{tree:?}");
    assert!(tree.text("status").is_some_and(|s| is_status(&action.status, s)), "{tree:?}");
    let named = tree.text("machineId");
    let is_ours = named.is_some_and(|named| named.eq_ignore_ascii_case(MACHINE));
    assert!(is_ours || tree.lacks("machineId"), "accepted, though it names {named:?}");
    let comment = tree.text("requestorComment").unwrap_or_default().trim();
    if adopted {
        assert!(!comment.is_empty() && comment != COMMENT, "{comment:?} is ours");
    } else {
        assert!(comment.is_empty() || comment.ends_with(MARKER), "{comment:?} is not ours");
    }
}

/// A doubt has the reason that it says, and what Defender said clearly is none.
fn check_doubt(question: &Question<'_>, doubt: &Doubt) {
    let status = question.status;
    let body = if question.may_be_json() { Body::read(question.body) } else { Body::NotJson };
    match doubt {
        Doubt::NoAnswer => assert!(question.is_cut),
        Doubt::Redirected => assert!((300..=399).contains(&status)),
        Doubt::WrongMachine(named) => {
            assert_ne!(*named, machine());
            let named = named.to_string();
            let Body::Read(tree) = body else { return };
            let told = tree.text("machineId").map(str::to_ascii_lowercase);
            assert_eq!(told, Some(named));
        }
        Doubt::WrongShape => {
            assert!(matches!(status, 200 | 201));
            let Body::Read(tree) = body else { return };
            assert!(!is_plain_action(&tree), "overlooked: {tree:?}");
        }
        Doubt::OtherAnswer => {
            assert!(!matches!(status, 200 | 201), "{status}");
            let is_refused = status == 400 && body.refusal().is_some();
            assert!(!is_refused, "a refusal is overlooked");
        }
        Doubt::ProcessEnded | Doubt::Busy => panic!("no answer says so: {doubt:?}"),
    }
}

/// The least that Defender says of an accepted request, and nothing besides.
fn is_plain_action(tree: &Tree) -> bool {
    let Tree::Fields(fields) = tree else { return false };
    let id = tree.text("id").unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=64).contains(&id.len())
        && id.bytes().all(fits)
        && fields.len() == 4
        && tree.text("type") == Some("Offboard")
        && tree.text("status").is_some()
        && tree.text("machineId") == Some(MACHINE)
}
