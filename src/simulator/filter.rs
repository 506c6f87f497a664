//! `$filter`: comparisons joined by `and`, which is all that the program asks for.
//!
//! Called by the lists of actions and machines, which know their own properties. Deliberately
//! absent: `or`, `not`, brackets and functions of `OData`; they are refused, not misread.

use crate::domain::Timestamp;

use super::answer::Refusal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilterTerm {
    /// In lower case: Microsoft's own samples write `Status` and `status`.
    pub(super) property: String,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// `eq '...'`
    Equals(String),
    /// `ge 2026-11-23T08:00:00Z`
    NotBefore(Timestamp),
}

/// Reads a filter; an empty one has no conditions.
///
/// # Errors
/// 400 `ODataError`, as for any query that cannot be read.
pub(super) fn parse(text: &str) -> Result<Vec<FilterTerm>, Refusal> {
    let mut conditions = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (condition, after) = comparison(rest).ok_or_else(|| unreadable(text))?;
        conditions.push(condition);
        rest = match (after.strip_prefix("and "), after) {
            (Some(next), _) if !next.trim().is_empty() => next.trim_start(),
            (None, "") => "",
            _ => return Err(unreadable(text)),
        };
    }
    Ok(conditions)
}

/// What a query is answered that asks for a property that there is not.
pub(super) fn unreadable(text: &str) -> Refusal {
    Refusal::new(400, "ODataError", format!("Invalid filter clause: '{text}'"))
}

fn comparison(text: &str) -> Option<(FilterTerm, &str)> {
    let (property, rest) = text.split_once(' ')?;
    let (operator, operand) = rest.trim_start().split_once(' ')?;
    let operand = operand.trim_start();
    let property = property.to_ascii_lowercase();
    match operator {
        "eq" => {
            let (value, after) = quoted(operand)?;
            Some((FilterTerm { property, test: Test::Equals(value) }, after.trim_start()))
        }
        "ge" => {
            let (value, after) = operand.split_once(' ').unwrap_or((operand, ""));
            let at = Timestamp::parse(value).ok()?;
            Some((FilterTerm { property, test: Test::NotBefore(at) }, after.trim_start()))
        }
        _ => None,
    }
}

/// A text in single quotes; a quote in it is doubled.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        let Some(next) = after.strip_prefix('\'') else { return Some((value, after)) };
        value.push('\'');
        rest = next;
    }
}
