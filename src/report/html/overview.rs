//! Several journals on one page: what needs a person first, a row a journal, the totals.
//!
//! The words are those of the table on a terminal; here is room for all of them. Deliberately
//! absent: the frame of the page, and where its links lead, which is the server's.

use maud::{Markup, html};

use crate::domain::State;
use crate::domain::text::{in_line, plural};
use crate::journal::PlaceAmongCopies;
use crate::report::overview::{Need, Overview, OverviewTotals, TenantRow, TenantState};
use crate::reporter::{Sent, Zone, share, sources_line, thousands, waiting_words};

use super::command::command;
use super::section::Section;

/// For the table of this page, after the style sheet of all pages, whose colours it takes.
pub const TENANTS_STYLE: &str = include_str!("tenants.css");

/// The columns before those of numbers, these, and those after them. What a person has to do stands
/// beside the name, where it is seen on a phone, too.
const WORDS: [&str; 3] = ["Tenant", "State", "Needs a person"];
const NUMBERS: [&str; 4] = ["Sent", "Succeeded", "Pending", "Unsuccessful"];
const MORE_WORDS: [&str; 2] = ["Last request", "List"];

/// What is on the page of several journals: their sums, and a row each. `link` is where a journal
/// has a page of its own.
pub fn overview_sections(
    overview: &Overview,
    zone: &Zone,
    link: &dyn Fn(&TenantRow) -> Option<String>,
) -> Vec<Section> {
    let totals = html! {
        p { (totals_words(&overview.totals())) }
        p class="quiet" { "As of " (zone.full_with_name(overview.at)) }
    };
    let table = html! {
        div class="wide" role="region" aria-label="Tenants" tabindex="0" {
            table class="tenants" {
                caption { "One row a journal, what needs a person first" }
                thead {
                    tr {
                        @for name in WORDS { th scope="col" { (name) } }
                        @for name in NUMBERS { th class="number" scope="col" { (name) } }
                        @for name in MORE_WORDS { th scope="col" { (name) } }
                    }
                }
                tbody { @for row in &overview.rows { (table_row(overview, row, zone, link)) } }
            }
        }
    };
    vec![Section { id: "overview-totals", html: totals }, Section { id: "tenants", html: table }]
}

fn table_row(
    overview: &Overview,
    row: &TenantRow,
    zone: &Zone,
    link: &dyn Fn(&TenantRow) -> Option<String>,
) -> Markup {
    let label = overview.label(row);
    let address = link(row);
    html! {
        tr class=[row.worst().map(|_| "needs")] {
            th scope="row" {
                @match &address {
                    Some(address) => a href=(address) { (in_line(&label)) },
                    None => (in_line(&label)),
                }
                br;
                small { (in_line(&row.journal)) }
            }
            td { (state(row, zone)) }
            td class="needed" { (needs(row, zone)) }
            (numbers(row))
            td { (forecast(row, zone)) }
            td { (list(row)) }
        }
    }
}

fn numbers(row: &TenantRow) -> Markup {
    let Some(batch) = row.batch() else {
        return html! { @for _ in NUMBERS { td class="number" {} } };
    };
    let counts = &batch.status.batch.counts;
    let Sent { sent, of } = batch.status.sent();
    html! {
        td class="number" { (thousands(sent)) "/" (thousands(of)) " " (share(sent, of)) }
        td class="number" { (thousands(counts.of(State::Succeeded))) }
        td class="number" { (thousands(counts.of(State::Pending))) }
        td class="number" { (thousands(counts.unsuccessful())) }
    }
}

fn list(row: &TenantRow) -> Markup {
    html! {
        @if let Some(batch) = row.batch() {
            @let batch = &batch.status.batch;
            (sources_line(&batch.sources)) " (batch " (batch.id) ")"
        }
    }
}

fn state(row: &TenantRow, zone: &Zone) -> Markup {
    let status = row.batch().map(|batch| &batch.status);
    let wait = status.and_then(|status| status.waiting.as_ref().map(|wait| (status, wait)));
    html! {
        (row.short_state(zone))
        @if let Some((status, wait)) = wait {
            br;
            small { (waiting_words(wait, &status.batch.counts, status.at, zone)) }
        }
    }
}

fn forecast(row: &TenantRow, zone: &Zone) -> Markup {
    let status = row.batch().map(|batch| &batch.status);
    let forecast = status.and_then(|status| status.forecast.map(|forecast| (status, forecast)));
    html! {
        @if let Some((status, forecast)) = forecast {
            (zone.near_minute(forecast.prospect.last_send_at, status.at))
            @if !status.running { ", if you resume now" }
        }
    }
}

fn needs(row: &TenantRow, zone: &Zone) -> Markup {
    html! {
        @match &row.state {
            TenantState::Batch(batch) => {
                @if !batch.needs.is_empty() {
                    ul {
                        @for need in &batch.needs {
                            li { (need_words(need, row, zone)) }
                        }
                    }
                }
            }
            TenantState::Unreadable { why, to_do } => {
                (in_line(why))
                @if let Some(to_do) = to_do { br; (in_line(to_do)) }
            }
            TenantState::Aside { place: PlaceAmongCopies::CopyOf(of), .. } => {
                "a copy of " (in_line(of)) ", which goes on there"
            }
            TenantState::Aside { place: PlaceAmongCopies::ContinuedIn(copy), .. } => {
                "it goes on in a copy, made as " (in_line(copy))
            }
            TenantState::Empty => {}
        }
    }
}

fn need_words(need: &Need, row: &TenantRow, zone: &Zone) -> Markup {
    let status = row.batch().map(|batch| &batch.status);
    html! {
        (in_line(&need.words(status, zone)))
        @if let Some(to_do) = &need.command {
            br;
            (command(&row.commands.of(to_do)))
        }
    }
}

fn totals_words(totals: &OverviewTotals) -> String {
    let OverviewTotals { journals, need_a_person, running, sent, of, counts, .. } = totals;
    let held = match counts.of(State::Held) {
        0 => String::new(),
        held => format!(", {} held", thousands(held)),
    };
    format!(
        "{} {}: {} {} a person, {} running. {} of {} machines sent: {} succeeded, {} pending, {} \
         unsuccessful{held}.",
        thousands(*journals),
        plural(*journals, "journal", "journals"),
        thousands(*need_a_person),
        plural(*need_a_person, "needs", "need"),
        thousands(*running),
        thousands(*sent),
        thousands(*of),
        thousands(counts.of(State::Succeeded)),
        thousands(counts.of(State::Pending)),
        thousands(counts.unsuccessful()),
    )
}
