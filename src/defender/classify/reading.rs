//! The answers to reads and to the cancel, by what was learned.

use serde::Deserialize;

use super::voice::{OwnWords, by_status, complaint, detail, not_sent, refusal};
use crate::defender::http_outcome::{HttpAnswer, HttpOutcome};
use crate::defender::rows::read_page;
use crate::defender::secrets::Secrets;
use crate::defender::wire::{Object, WireAction, WireMachine};
use crate::domain::{
    Action, ActionId, Detail, InventoryMachine, MachineId, Page, ReadAnswer, Trouble,
};

/// Judges one page of actions.
///
/// An element that cannot be read makes the page unreadable: an incomplete list must never look
/// like "not found".
pub fn actions(seen: &HttpOutcome) -> ReadAnswer<Page<Action>> {
    page(seen, |wire: WireAction, secrets| wire.into_action(secrets).map(Some))
}

/// Judges one page of the inventory. Defender's own 404, with a code, is an empty list (documented
/// in "List machines").
pub fn machines(seen: &HttpOutcome) -> ReadAnswer<Page<InventoryMachine>> {
    match page(seen, WireMachine::into_machine) {
        ReadAnswer::Refused(detail) if is_not_found(&detail) => {
            ReadAnswer::Read(Page { items: Vec::new(), rows: 0, has_next: false })
        }
        reading => reading,
    }
}

/// Judges the answer to a question for one machine: none is Defender's own 404, with a code.
pub fn machine(seen: &HttpOutcome, id: MachineId) -> ReadAnswer<Option<InventoryMachine>> {
    let answered = match check_status(seen, &[200], complaint) {
        Ok(answered) => answered,
        Err(ReadAnswer::Refused(detail)) if is_not_found(&detail) => {
            return ReadAnswer::Read(None);
        }
        Err(reading) => return reading,
    };
    let wire = match parsed::<WireMachine>(answered) {
        Ok(wire) => wire,
        Err(trouble) => return ReadAnswer::Trouble(trouble),
    };
    match wire.into_machine(&answered.secrets) {
        Ok(Some(machine)) if machine.id == id => ReadAnswer::Read(Some(machine)),
        Ok(_) => ReadAnswer::Trouble(unreadable(answered, "it is about another machine".into())),
        Err(missing) => ReadAnswer::Trouble(unreadable(answered, missing)),
    }
}

/// Defender's own word, not that of a proxy.
fn is_not_found(detail: &Detail) -> bool {
    detail.http_status == Some(404) && !detail.code().is_empty()
}

/// Judges the answer to a cancel of `action`. Some clients were answered 202.
pub fn cancelled(seen: &HttpOutcome, action: &ActionId) -> ReadAnswer<Action> {
    let answered = match check_status(seen, &[200, 201, 202], refusal) {
        Ok(answered) => answered,
        Err(reading) => return reading,
    };
    let read = parsed::<WireAction>(answered).and_then(|wire| {
        let read = wire.into_action(&answered.secrets);
        read.map_err(|missing| unreadable(answered, missing))
    });
    match read {
        Ok(found) if found.id == *action => ReadAnswer::Read(found),
        Ok(found) => {
            let words = format!("asked about action {action}, answered about {}", found.id);
            ReadAnswer::Trouble(Trouble::Mismatched(answered.detail(words)))
        }
        Err(trouble) => ReadAnswer::Trouble(trouble),
    }
}

/// Judges the answer to a request without a token: a server that answers 401, or anything else of
/// its own, was reached.
pub fn reached(seen: &HttpOutcome) -> ReadAnswer<()> {
    let answered = match seen {
        HttpOutcome::Answered(answered) => answered,
        HttpOutcome::Failed(failure) => {
            let trouble =
                not_sent(failure).unwrap_or_else(|| Trouble::Unreadable(failure.detail()));
            return ReadAnswer::Trouble(trouble);
        }
    };
    ReadAnswer::Trouble(match answered.status {
        300..=399 => Trouble::Redirected(detail(answered)),
        407 => Trouble::ProxyAuthentication(detail(answered)),
        500.. => Trouble::Unreadable(detail(answered)),
        _ => return ReadAnswer::Read(()),
    })
}

fn page<'a, Wire: Deserialize<'a>, Item>(
    seen: &'a HttpOutcome,
    convert: impl Fn(Wire, &Secrets) -> Result<Option<Item>, String>,
) -> ReadAnswer<Page<Item>> {
    let answered = match check_status(seen, &[200], complaint) {
        Ok(answered) => answered,
        Err(reading) => return reading,
    };
    let convert = |wire| convert(wire, &answered.secrets);
    let read = json_body(answered).and_then(|body| {
        let listed = read_page(body, convert).map_err(|error| misshapen(answered, &error))?;
        let items = listed.items.map_err(|missing| unreadable(answered, missing))?;
        Ok(Page { items, rows: listed.rows, has_next: listed.has_next })
    });
    read.map_or_else(ReadAnswer::Trouble, ReadAnswer::Read)
}

/// The answer where its status says that it was done; else what is wrong with it. `own` says
/// whether a 400 or 404 is Defender's.
fn check_status<'a, T>(
    seen: &'a HttpOutcome,
    done: &[u16],
    own: fn(&HttpAnswer) -> Option<OwnWords>,
) -> Result<&'a HttpAnswer, ReadAnswer<T>> {
    let answered = match seen {
        HttpOutcome::Answered(answered) => answered,
        HttpOutcome::Failed(failure) => {
            let trouble =
                not_sent(failure).unwrap_or_else(|| Trouble::Unreadable(failure.detail()));
            return Err(ReadAnswer::Trouble(trouble));
        }
    };
    if let Some(trouble) = by_status(answered) {
        return Err(ReadAnswer::Trouble(trouble));
    }
    let status = answered.status;
    if done.contains(&status) {
        return Ok(answered);
    }
    Err(match status {
        300..=399 => ReadAnswer::Trouble(Trouble::Redirected(detail(answered))),
        403 if refusal(answered).is_some() => {
            ReadAnswer::Trouble(Trouble::Forbidden(detail(answered)))
        }
        400 | 404 if own(answered).is_some() => ReadAnswer::Refused(detail(answered)),
        _ => ReadAnswer::Trouble(Trouble::Unreadable(detail(answered))),
    })
}

fn parsed<'a, T: Deserialize<'a>>(answered: &'a HttpAnswer) -> Result<T, Trouble> {
    let read = serde_json::from_slice(json_body(answered)?).map(|Object(read)| read);
    read.map_err(|error| misshapen(answered, &error))
}

fn json_body(answered: &HttpAnswer) -> Result<&[u8], Trouble> {
    answered.json_body().ok_or_else(|| unreadable(answered, answered.stranger()))
}

fn misshapen(answered: &HttpAnswer, error: &serde_json::Error) -> Trouble {
    unreadable(answered, format!("the answer is not of the expected shape: {error}"))
}

fn unreadable(answered: &HttpAnswer, words: String) -> Trouble {
    Trouble::Unreadable(answered.detail(words))
}
