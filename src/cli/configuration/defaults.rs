//! What holds where nobody says anything, in words. Against a loopback address or in a rehearsal
//! some are shorter; a batch that continues has what it remembers.

use crate::domain::Span;
use crate::engine::RunOptions;

use super::key::Key;

/// The default of a setting; none: there is none, or it follows from other settings.
pub(super) fn of(key: Key) -> Option<String> {
    let run = RunOptions::default();
    Some(match key {
        Key::Cloud => "public".to_owned(),
        Key::Auth => "auto".to_owned(),
        Key::Timeout => "30s".to_owned(),
        Key::MaxShare => "50%".to_owned(),
        Key::Canary => run.canary.to_string(),
        Key::CanaryWait => Span(run.canary_wait).to_string(),
        Key::Limit => {
            let limits: Vec<String> = run.limits.iter().map(ToString::to_string).collect();
            limits.join(" ")
        }
        Key::QuotaShare => format!("{}%", run.quota_share),
        Key::SharedReads => run.shared_reads.to_string(),
        Key::Pace => "burst".to_owned(),
        Key::Concurrency => run.concurrency.to_string(),
        Key::OnUncertain => "resend".to_owned(),
        Key::OfflineTimeout => "12h".to_owned(),
        Key::TrackTimeout => Span(run.track_timeout).to_string(),
        _ => return None,
    })
}
