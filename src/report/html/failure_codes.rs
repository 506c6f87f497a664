//! What went wrong, by code, with what it means and what to do.

use maud::{Markup, html};

use crate::domain::State;
use crate::domain::text::in_line;
use crate::report::Commands;
use crate::report::advice::error_advice;
use crate::reporter::thousands;

use super::batch_view::BatchView;
use super::command::command;

pub(super) fn failure_codes(view: &BatchView, commands: &Commands) -> Markup {
    let errors = error_advice(&view.status.codes);
    html! {
        h2 { "Failures by code" }
        @if errors.is_empty() {
            p class="quiet" { "There are none." }
        } @else {
            div class="wide" role="region" aria-label="Failures by code" tabindex="0" {
                table {
                    caption { "The most frequent first" }
                    thead {
                        tr {
                            @for column in ["machines", "state", "code", "meaning", "next step"] {
                                th scope="col" { (column) }
                            }
                        }
                    }
                    tbody {
                        @for error in &errors {
                            tr {
                                td class="number" { (thousands(error.machines)) }
                                td { (error.state.words()) }
                                th scope="row" { (in_line(&error.code)) }
                                td { (in_line(&error.means)) }
                                td { (error.to_do) }
                            }
                        }
                    }
                }
            }
            (next_steps(view, commands))
        }
    }
}

fn next_steps(view: &BatchView, commands: &Commands) -> Markup {
    let batch = &view.status.batch;
    let counts = &batch.counts;
    let retried = counts.of(State::Failed) + counts.of(State::TimedOut);
    let id = batch.id;
    html! {
        @if counts.to_send_or_look_up() == 0 && counts.unsuccessful() > 0 {
            dl {
                @if retried > 0 {
                    dt { "Try again" }
                    dd { (command(&commands.of(&format!("retry {id}")))) }
                }
                dt { "List of them" }
                dd {
                    @let list = format!("report {id} --only unsuccessful --output failed.csv");
                    (command(&commands.of(&list)))
                }
            }
        }
    }
}
