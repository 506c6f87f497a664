//! What happened to the batch as a whole, as a table.

use maud::{Markup, html};

use crate::domain::text::in_line;
use crate::domain::{BatchFact, Timestamp};
use crate::report::batch_fact_words::describe_batch_fact;
use crate::report::course::Happened;
use crate::reporter::{Zone, thousands};

use super::batch_view::BatchView;
use super::time::time;

pub(super) fn timeline(view: &BatchView, zone: &Zone) -> Markup {
    let timeline = view.course.timeline();
    html! {
        h2 { "Timeline" }
        div class="wide" role="region" aria-label="Timeline" tabindex="0" {
            table class="timeline" {
                caption { "Times in " (zone.name(view.status.at)) }
                thead {
                    tr { th scope="col" { "when" } th scope="col" { "what" } th scope="col" {} }
                }
                tbody {
                    @for (at, happened) in timeline.first() { (row(*at, happened, zone)) }
                    @if timeline.left_out() > 0 {
                        tr { td {} td {} td { (thousands(timeline.left_out())) " more" } }
                    }
                    @for (at, happened) in timeline.last() { (row(*at, happened, zone)) }
                }
            }
        }
    }
}

fn row(at: Timestamp, happened: &Happened, zone: &Zone) -> Markup {
    let (word, says) = match happened {
        Happened::Silent => (
            "interrupted",
            "no end was noted: the program or the computer ended after this".to_owned(),
        ),
        // What it changes is a fact of its own.
        Happened::Fact(BatchFact::OptionsRemembered { .. }) => return Markup::default(),
        Happened::Fact(fact) => describe_batch_fact(fact, &|instant| zone.dated(instant)),
    };
    html! {
        tr {
            td { (time(at, zone)) }
            td { (word) }
            td { (in_line(&zone.until_here(&says))) }
        }
    }
}
