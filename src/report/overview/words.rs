//! How a row is told in a few words, for the table and the page.

use crate::domain::State;
use crate::event::{Wait, WaitReason};
use crate::journal::PlaceAmongCopies;
use crate::reporter::{Zone, thousands};

use super::need::NeedKind;
use super::row::{TenantBatch, TenantRow, TenantState};

impl TenantRow {
    /// `guard tripped`, `limit to 13:20, last 16:40`, `settled`.
    pub fn short_state(&self, zone: &Zone) -> String {
        let said = match (&self.state, self.worst()) {
            (TenantState::Batch(batch), Some(worst)) => short_need(worst, batch),
            (TenantState::Batch(batch), None) => short_batch(batch, zone),
            (TenantState::Unreadable { .. }, _) => "cannot be read".to_owned(),
            (TenantState::Empty, _) => "no batch".to_owned(),
            (TenantState::Aside { place: PlaceAmongCopies::CopyOf(_), .. }, _) => {
                "a copy".to_owned()
            }
            (TenantState::Aside { .. }, _) => "handed over".to_owned(),
        };
        let is_simulated = self.tenant().is_some_and(crate::domain::Tenant::is_simulated);
        if is_simulated { format!("{said}, SIMULATION") } else { said }
    }
}

fn short_need(kind: NeedKind, batch: &TenantBatch) -> String {
    let words = match kind {
        NeedKind::Unreadable => "cannot be read",
        NeedKind::RolledBack => "rolled back",
        NeedKind::Tripped => "guard tripped",
        NeedKind::NoAccess => "no access",
        NeedKind::Unreachable => "unreachable",
        NeedKind::Died => "runner died",
        NeedKind::Silent => "no sign of life",
        NeedKind::Held => {
            return format!("{} held", thousands(batch.status.batch.counts.of(State::Held)));
        }
        NeedKind::Failed => "some failed",
        NeedKind::OtherBatch => "other batch",
    };
    words.to_owned()
}

fn short_batch(batch: &TenantBatch, zone: &Zone) -> String {
    let status = &batch.status;
    let counts = &status.batch.counts;
    if status.running {
        let wait = status.waiting.as_ref().map(|wait| short_wait(wait, status.at, zone));
        let does = wait.unwrap_or_else(|| "sending".to_owned());
        return match status.forecast {
            Some(forecast) => {
                let last = zone.near_minute(forecast.prospect.last_send_at, status.at);
                format!("{does}, last {last}")
            }
            None => does,
        };
    }
    if counts.to_send_or_look_up() > 0 {
        let end = status.batch.end.map_or("unfinished", |end| end.word());
        return match end {
            "settled" | "pending" => "unfinished".to_owned(),
            end => end.replace('_', " "),
        };
    }
    if counts.of(State::Pending) > 0 { "pending".to_owned() } else { "settled".to_owned() }
}

fn short_wait(wait: &Wait, now: crate::domain::Timestamp, zone: &Zone) -> String {
    let why = match wait.reason {
        WaitReason::Window(_) => "limit",
        WaitReason::RetryAfter | WaitReason::ReadsPaused { .. } => "pause",
        WaitReason::Backoff => "retries",
        WaitReason::Network { .. } => "no connection",
        WaitReason::SignIn { .. } => "sign-in refused",
        WaitReason::Settle => "looks up",
        WaitReason::Busy => "busy machines",
        WaitReason::Between { .. } => "outside hours",
        WaitReason::Canary { .. } => "canary",
        WaitReason::Actions => "follows actions",
    };
    format!("{why} to {}", zone.near_minute(wait.until, now))
}
