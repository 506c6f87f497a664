//! What the codes of Defender mean for a person, and what to do about them.
//!
//! The codes are those of Microsoft's page "Common REST API error codes" that an offboard call can
//! get for one machine, and our own words for where no answer came.

use crate::domain::{ActionStatus, State};
use crate::journal::CodeCount;
use crate::reporter::{Side, lined_up, thousands};

const KNOWN: [(&str, &str, &str); 10] = [
    ("ClientVersionNotSupported", "the sensor is too old", "update it, or use a script"),
    ("OsPlatformNotSupported", "not for this operating system", "offboard it with a script"),
    ("ResourceNotFound", "Defender does not know it", "removed, or another tenant's"),
    ("NotFound", "Defender does not know it", "removed, or another tenant's"),
    ("DisallowedOperation", "Defender does not allow it", "see the report"),
    ("ActiveRequestAlreadyExists", "another action is active on it", "retry when it has ended"),
    ("MissingRequiredParameter", "a part of the request is missing", "please report this"),
    ("InvalidRequestBody", "Defender cannot read the request", "please report this"),
    ("InvalidInput", "Defender does not accept the ID", "is the list from this tenant?"),
    ("BadRequest", "Defender does not accept the request", "see the report"),
];

/// Longest example of a server's words in the table.
const WORDS_MAX: usize = 40;

/// Machines that have one error, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ErrorAdvice {
    pub(super) machines: u64,
    pub(super) state: State,
    /// The code, or Defender's word for an end without one.
    pub(super) code: String,
    pub(super) means: String,
    pub(super) to_do: &'static str,
}

/// The errors of a batch, the most frequent first.
pub(super) fn error_advice(codes: &[CodeCount]) -> Vec<ErrorAdvice> {
    let mut bad: Vec<&CodeCount> =
        codes.iter().filter(|code| code.state.is_unsuccessful() || is_left(code.state)).collect();
    bad.sort_by(|a, b| b.machines.cmp(&a.machines).then_with(|| a.code.cmp(&b.code)));
    let told = |code: &CodeCount| {
        let (means, to_do) = advice(code);
        ErrorAdvice { machines: code.machines, state: code.state, code: name(code), means, to_do }
    };
    bad.into_iter().map(told).collect()
}

/// The same as lines: how many, code, meaning, what to do.
pub(super) fn error_lines(codes: &[CodeCount]) -> Vec<String> {
    let row = |error: ErrorAdvice| {
        vec![thousands(error.machines), error.code, error.means, error.to_do.to_owned()]
    };
    let rows: Vec<Vec<String>> = error_advice(codes).into_iter().map(row).collect();
    lined_up(&rows, &[Side::Right, Side::Left, Side::Left, Side::Left], 4, 3)
}

/// What a person has to look at though it has not ended: a pending machine has a code only where
/// its action was not cancelled.
const fn is_left(state: State) -> bool {
    matches!(state, State::Held | State::Pending)
}

/// What a code means and what to do about it; for a code that is not known, the server's words.
fn advice(code: &CodeCount) -> (String, &'static str) {
    let known = KNOWN.into_iter().find(|(known, _, _)| *known == code.code);
    let (means, to_do) = match (code.state, known) {
        (State::Failed, _) => ("the machine reported an error", "retry"),
        (State::TimedOut, _) => ("it did not connect in time", "retry when it is on"),
        (State::Cancelled, _) => ("its action was cancelled", "by mistake? retry --only cancelled"),
        (State::Pending, _) => (code.message.as_str(), "not cancelled: track, or cancel again"),
        (State::Held, _) => ("maybe offboarded, maybe not", "look it up, then resolve"),
        (_, Some((_, means, to_do))) => (means, to_do),
        (_, None) if code.message.is_empty() => ("refused", "see the report"),
        (_, None) => (code.message.as_str(), "see the report"),
    };
    (means.chars().take(WORDS_MAX).collect(), to_do)
}

/// The code, or Defender's word for an end without one.
fn name(code: &CodeCount) -> String {
    if !code.code.is_empty() {
        return code.code.clone();
    }
    let word = match code.state {
        State::Failed => ActionStatus::Failed.word(),
        State::TimedOut => ActionStatus::TimedOut.word(),
        State::Cancelled => ActionStatus::Cancelled.word(),
        state => state.word(),
    };
    word.to_owned()
}
