//! What a page is about: batch, tenant, list, who ran it.

use maud::{Markup, html};

use crate::domain::hex;
use crate::domain::text::in_line;
use crate::reporter::{Zone, thousands};

use super::batch_view::BatchView;
use super::time::time;

pub(super) fn head(view: &BatchView, zone: &Zone) -> Markup {
    let status = &view.status;
    let batch = &status.batch;
    html! {
        h2 { "Batch" }
        dl {
            dt { "Batch" }
            dd { (batch.id) @if batch.tenant.is_simulated() { " " strong { "SIMULATION" } } }
            dt { "Tenant" }
            dd { (in_line(&batch.tenant.id)) }
            dt { "List" }
            dd {
                @for (at, source) in batch.sources.iter().enumerate() {
                    @if at > 0 { ", " }
                    (in_line(source))
                }
                ": " (thousands(batch.total)) " machines"
                @for filter in &batch.filters { br; "where " (in_line(&filter.condition)) }
            }
            dt { "Comment" }
            dd {
                @match &batch.comment {
                    Some(comment) => (in_line(comment.as_str())),
                    None => "each machine has its own",
                }
            }
            dt { "Created" }
            dd { (time(batch.created_at, zone)) " " (zone.name(batch.created_at)) }
            dt { "Run by" }
            dd {
                @for operator in view.course.operators() { (in_line(&operator.to_string())) br; }
                @if view.course.operators().is_empty() { "nobody yet" }
            }
            dt { "Hash of the list" }
            dd { code { (batch.content.to_string()) } }
            @if let Some(hash) = view.course.plan_hash() {
                dt { "Hash of the plan" }
                dd { code { (hex::encode(&hash)) } }
            }
        }
    }
}

/// Of the whole journal.
pub(super) fn journal(view: &BatchView) -> Markup {
    let audit = view.status.audit;
    html! {
        dl {
            dt { "Journal" }
            dd { (view.journal) }
            dt { "Audit head" }
            dd { code { (hex::encode(&audit.hash)) } " after " (thousands(audit.rows)) " facts" }
        }
    }
}
