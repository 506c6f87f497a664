//! What a batch is at, in a few words that change only when that does: they are read out.

use maud::{Markup, html};

use crate::domain::State;
use crate::event::WaitReason;

use super::batch_view::BatchView;

pub(super) fn phase(view: &BatchView) -> Markup {
    html! {
        @if view.status.batch.tenant.is_simulated() {
            p class="simulation" { "SIMULATION: no tenant is touched." }
        }
        p { (words(view)) }
    }
}

fn words(view: &BatchView) -> String {
    let status = &view.status;
    let id = status.batch.id;
    if status.running {
        let waiting = status.waiting.as_ref().map(|wait| waiting(&wait.reason));
        return format!("Batch {id} is running{}.", waiting.unwrap_or_default());
    }
    let counts = &status.batch.counts;
    let said = match status.batch.end {
        None if status.batch.first_sent_at.is_some() => "is not running: the program ended",
        None => "is not running",
        Some(_) if counts.to_send_or_look_up() > 0 => "has stopped, and is not finished",
        Some(_) if counts.of(State::Held) > 0 => "is sent; some machines need a decision",
        Some(_) if counts.of(State::Pending) > 0 => "is sent; some actions are pending",
        Some(_) => "is finished",
    };
    format!("Batch {id} {said}.")
}

const fn waiting(reason: &WaitReason) -> &'static str {
    match reason {
        WaitReason::Window(_) => ", and waits: a limit is used up",
        WaitReason::RetryAfter => ", and waits: Defender asked for a pause",
        WaitReason::ReadsPaused { .. } => ", and waits: Defender asked for a pause of lists",
        WaitReason::Backoff => ", and waits for the next try",
        WaitReason::Network { .. } => ", and waits for the network",
        WaitReason::SignIn { .. } => ", and waits: the sign-in was refused",
        WaitReason::Settle => ", and waits before it looks up what is in doubt",
        WaitReason::Busy => ", and waits for machines that are busy",
        WaitReason::Actions => "; all is sent, and it follows the actions",
        WaitReason::Between { .. } => ", and waits for its hours",
        WaitReason::Canary { .. } => ", and waits for the canary",
    }
}
