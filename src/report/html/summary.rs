//! How far the batch is, why it waits, who runs it, and what to do next.

use maud::{Markup, html};

use crate::domain::State;
use crate::domain::text::in_line;
use crate::report::Commands;
use crate::report::closing::{Summarized, first_forecast, headline, verdict};
use crate::report::next_command::next;
use crate::reporter::{
    Sent, Zone, progress_words, progress_words_at_rest, share, thousands, waiting_words,
};

use super::batch_view::BatchView;
use super::command::command;

pub(super) fn summary(view: &BatchView, zone: &Zone, commands: &Commands) -> Markup {
    let status = &view.status;
    let counts = &status.batch.counts;
    let Sent { sent, of } = if status.running { Sent::from(counts) } else { Sent::at_rest(counts) };
    html! {
        h2 { "Summary" }
        p class="headline" { (sentence(view, zone)) }
        progress max=(of.max(1)) value=(if of == 0 { 1 } else { sent })
            aria-label="Machines that were sent" { (share(sent, of)) }
        p {
            (if status.running { progress_words(counts) } else { progress_words_at_rest(counts) })
            ": " (share(sent, of)) " sent"
        }
        ul class="counts" {
            @for state in State::IN_ORDER {
                @let machines = counts.of(state);
                @if machines > 0 {
                    li {
                        b { (thousands(machines)) } " " (state.words())
                    }
                }
            }
        }
        (facts(view, zone, commands))
    }
}

/// True at the instant of the look, no matter who runs the batch.
pub(super) fn sentence(view: &BatchView, zone: &Zone) -> String {
    let status = &view.status;
    let batch = &status.batch;
    if status.running {
        return format!("Batch {} is running: {}.", batch.id, progress_words(&batch.counts));
    }
    let headline = headline(batch, Summarized::Batch, zone);
    let headline = headline.trim_end_matches('.');
    let verdict = verdict(batch, view.outcomes);
    let verdict = verdict.map(|verdict| format!(" {}", verdict.replace('\n', " ")));
    format!("{headline}.{}", verdict.unwrap_or_default())
}

fn facts(view: &BatchView, zone: &Zone, commands: &Commands) -> Markup {
    let status = &view.status;
    let waiting = status.waiting.as_ref();
    let waiting = waiting.map(|wait| waiting_words(wait, &status.batch.counts, status.at, zone));
    let forecast = first_forecast(&status.batch, view.course.first_forecast(), zone);
    let next = if status.running { None } else { next(&status.batch, commands) };
    html! {
        dl {
            dt { "Limits" }
            dd { (apart(&status.limits(zone))) }
            @if let Some(words) = forecast {
                dt { "Forecast" }
                dd { (words.trim()) }
            }
            @if let Some(words) = waiting {
                dt { "Waiting" }
                dd { (words) }
            }
            @if let Some(said) = &status.said {
                dt { "Last answer" }
                dd { (in_line(said)) }
            }
            dt { "Runner" }
            dd { (in_line(&status.who_runs(zone))) }
            @if let Some(why) = &status.why_ended {
                dt { "Why it ended" }
                dd { (in_line(&zone.until_here(why))) }
            }
            @if let Some(next) = next {
                dt { "Next" }
                dd { (in_line(&next.reason)) br; (command(&next.command)) }
            }
        }
    }
}

/// What a screen puts apart by spaces, which a page would join.
fn apart(line: &str) -> String {
    line.trim().replace("   ", "; ")
}
