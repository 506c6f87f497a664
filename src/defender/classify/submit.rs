//! The answer to `POST /api/machines/{id}/offboard`, by what it proves.

use super::voice::{OwnWords, by_status, detail, not_sent, refusal};
use crate::defender::http_outcome::{HttpAnswer, HttpOutcome};
use crate::defender::wire::{Object, WireAction};
use crate::domain::{Action, ActionType, Answer, Doubt, MachineId, Marker, Trouble};

/// Judges what was seen of a POST for `machine` with `comment`. Total over every status and body.
pub fn submit(seen: &HttpOutcome, machine: MachineId, comment: &str) -> Answer {
    let answered = match seen {
        HttpOutcome::Answered(answered) => answered,
        HttpOutcome::Failed(failure) => {
            return not_sent(failure).map_or_else(
                || Answer::Doubtful { doubt: Doubt::NoAnswer, detail: failure.detail() },
                Answer::Trouble,
            );
        }
    };
    if let Some(trouble) = by_status(answered) {
        return Answer::Trouble(trouble);
    }
    match answered.status {
        300..=399 => doubtful(answered, Doubt::Redirected),
        _ if answered.body.is_err() => doubtful(answered, Doubt::NoAnswer),
        200 | 201 => accepted(answered, machine, comment),
        400 | 403 | 404 => refused(answered),
        _ => doubtful(answered, Doubt::OtherAnswer),
    }
}

fn doubtful(answered: &HttpAnswer, doubt: Doubt) -> Answer {
    Answer::Doubtful { doubt, detail: detail(answered) }
}

/// A refusal is one only in Defender's own words; a 404 of any other code may be a gateway's, whose
/// route to Defender is broken.
fn refused(answered: &HttpAnswer) -> Answer {
    let Some(OwnWords { code, message }) = refusal(answered) else {
        return doubtful(answered, Doubt::OtherAnswer);
    };
    let detail = detail(answered);
    match (answered.status, code.as_str()) {
        (400, "ActiveRequestAlreadyExists") => Answer::Busy(detail),
        (400, _) if message.to_lowercase().contains("action is already in progress") => {
            Answer::Busy(detail)
        }
        (400, _) => Answer::Refused(detail),
        (403, _) => Answer::Trouble(Trouble::Forbidden(detail)),
        (404, "ResourceNotFound" | "NotFound") => Answer::Absent(detail),
        _ => Answer::Doubtful { doubt: Doubt::OtherAnswer, detail },
    }
}

/// 200 or 201: an effect only where the body is an Offboard action of the machine that was asked
/// for. The documentation says 200, real answers were 201.
fn accepted(answered: &HttpAnswer, machine: MachineId, comment: &str) -> Answer {
    let wrong = |words: String| Answer::Doubtful {
        doubt: Doubt::WrongShape,
        detail: answered.detail(words),
    };
    let Some(body) = answered.json_body() else { return wrong(answered.stranger()) };
    let Ok(Object(wire)) = serde_json::from_slice::<Object<WireAction>>(body) else {
        return wrong(answered.stranger());
    };
    // Judged before the rest: whatever the shape, an answer about another machine is the worst.
    match wire.machine_id.as_deref().map(MachineId::parse) {
        None => {}
        Some(Ok(named)) if named == machine => {}
        Some(Ok(named)) => {
            let words = format!("asked about {machine}, answered about {named}");
            return Answer::Doubtful {
                doubt: Doubt::WrongMachine(named),
                detail: answered.detail(words),
            };
        }
        Some(Err(error)) => return wrong(format!("the answer's machine ID: {error}")),
    }
    match wire.into_action(&answered.secrets) {
        Err(missing) => wrong(missing),
        Ok(Action { kind: ActionType::Other(kind), id, .. }) => {
            wrong(format!("action {id} is `{kind}`, not `Offboard`"))
        }
        Ok(action) => {
            let adopted = is_anothers(action.comment.as_deref(), comment);
            let action = Action { machine: Some(machine), ..action };
            Answer::Accepted { action, adopted, http_status: answered.status }
        }
    }
}

/// Whether the comment that came back is not the one that was sent. The marker decides, since a
/// server may trim or shorten the words before it; an action without a comment is taken as ours.
fn is_anothers(came_back: Option<&str>, sent: &str) -> bool {
    match came_back.map(str::trim).filter(|text| !text.is_empty()) {
        None => false,
        Some(text) => match Marker::find_in(sent) {
            Some(marker) => Marker::find_in(text) != Some(marker),
            None => text != sent.trim(),
        },
    }
}
