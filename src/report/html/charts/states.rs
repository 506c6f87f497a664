//! Where the machines stand, as one bar.

use maud::{Markup, html};

use crate::domain::State;
use crate::report::html::batch_view::BatchView;
use crate::reporter::{share, thousands};

use super::figure::{Figure, LegendEntry, Numbers, nothing};
use super::plot::{Units, real};

const TITLE: &str = "Machines by state";

const WIDTH: f64 = 720.0;

/// So wide is the piece of a state that has any machine.
const PIECE_MIN: f64 = 4.0;

pub(in crate::report::html) fn states(view: &BatchView) -> Markup {
    let counts = &view.status.batch.counts;
    let held: Vec<(State, u64)> = State::IN_ORDER
        .into_iter()
        .map(|state| (state, counts.of(state)))
        .filter(|(_, machines)| *machines > 0)
        .collect();
    if held.is_empty() {
        return nothing(TITLE, "The batch has no machines.");
    }
    let total = counts.total();
    let pieces: Vec<&'static str> = held.iter().map(|(state, _)| class(*state)).collect();
    let words =
        |(state, machines): &(State, u64)| format!("{} {}", state.words(), thousands(*machines));
    let all: Vec<String> = held.iter().map(words).collect();
    let row = |entry: &(State, u64)| {
        let (state, machines) = *entry;
        vec![state.words(), thousands(machines), share(machines, total)]
    };
    Figure {
        title: TITLE,
        caption: format!("{} machines: {}.", thousands(total), all.join(", ")),
        drawing: bar(&held, total),
        legend: pieces
            .into_iter()
            .zip(&all)
            .map(|(class, words)| LegendEntry { class, words: words.clone() })
            .collect(),
        numbers: Numbers {
            columns: vec!["state", "machines", "share"],
            rows: held.iter().map(row).collect(),
        },
    }
    .to_markup()
}

fn bar(held: &[(State, u64)], total: u64) -> Markup {
    let shares = held.iter().map(|(_, machines)| real(*machines) / real(total) * WIDTH);
    let wide: Vec<f64> = shares.map(|width| width.max(PIECE_MIN)).collect();
    let scale = WIDTH / wide.iter().sum::<f64>();
    let mut left = 0.0;
    let mut pieces = Vec::new();
    for ((state, _), width) in held.iter().zip(wide) {
        pieces.push((class(*state), left, width * scale));
        left += width * scale;
    }
    html! {
        svg class="bar" role="img" aria-label="Machines by state" viewBox="0 0 720 40"
            preserveAspectRatio="none" {
            @for (class, left, width) in pieces {
                rect class=(class) x=(Units(left)) y="0" height="40"
                    width=(Units((width - 1.0).max(1.0))) {}
            }
        }
    }
}

const fn class(state: State) -> &'static str {
    match state {
        State::Queued => "state-queued",
        State::Sending => "state-sending",
        State::Uncertain => "state-uncertain",
        State::Held => "state-held",
        State::Pending => "state-pending",
        State::Succeeded => "state-succeeded",
        State::Failed => "state-failed",
        State::TimedOut => "state-timed-out",
        State::Cancelled => "state-cancelled",
        State::Rejected => "state-rejected",
        State::Skipped => "state-skipped",
    }
}
