//! Every machine's outcome as rows of the report's table, in columns that fit on paper.

use maud::{Markup, html};

use crate::domain::text::in_line;
use crate::domain::{ActionId, ActionStatus, Detail, Reason, Timestamp};
use crate::journal::{Batch, Machine};
use crate::reporter::Zone;

use super::time::time;

/// With a class each, which says how wide it is.
const COLUMNS: [(&str, &str); 8] = [
    ("machine", "machine"),
    ("state", "state"),
    ("action", "action"),
    ("tries", "tries"),
    ("error", "error"),
    ("at", "first sent"),
    ("at", "settled"),
    ("line", "line"),
];

pub(super) fn columns() -> Markup {
    html! {
        colgroup { @for (class, _) in COLUMNS { col class=(class); } }
        thead { tr { @for (_, name) in COLUMNS { th scope="col" { (name) } } } }
    }
}

pub(super) fn machine_row(machine: &Machine, batch: &Batch, zone: &Zone) -> Markup {
    let standing = &machine.standing;
    let own_comment =
        Some(&machine.comment).filter(|comment| batch.comment.as_ref() != Some(comment));
    html! {
        tr {
            th scope="row" {
                @if let Some(name) = &machine.name { span class="name" { (in_line(name)) } " " }
                code { (machine.id) }
                @if let Some(comment) = own_comment {
                    " " span class="comment" { (in_line(comment.as_str())) }
                }
            }
            td {
                (standing.state.words())
                @if let Some(reason) = standing.reason.map(Reason::word) {
                    " (" (reason.replace('_', " ")) ")"
                }
            }
            td {
                @if let Some(action) = standing.action.as_ref().map(ActionId::as_str) {
                    code { (action) }
                }
                @if let Some(status) = standing.action_status.as_ref().map(ActionStatus::word) {
                    " " (in_line(status))
                }
            }
            td class="number" { (standing.attempts) }
            td { @if let Some(detail) = standing.error() { (error(detail)) } }
            td { (when(standing.first_sent_at, zone)) }
            td { (when(standing.settled_at, zone)) }
            td class="number" {
                @if batch.sources.len() > 1 { (in_line(&machine.source)) ":" }
                (machine.line)
            }
        }
    }
}

/// A detail without code and words only says with which status all went well.
fn error(detail: &Detail) -> Markup {
    if detail.code.is_none() && detail.message.is_empty() {
        return Markup::default();
    }
    html! {
        @if let Some(code) = &detail.code { b { (in_line(code)) } " " }
        @if let Some(status) = detail.http_status { "HTTP " (status) " " }
        (in_line(&detail.message))
    }
}

fn when(at: Option<Timestamp>, zone: &Zone) -> Markup {
    html! { @if let Some(at) = at { (time(at, zone)) } }
}
