//! A forecast's stretches of hours in words: `12,000 tonight, 1,878 tomorrow`.

use crate::domain::Timestamp;
use crate::engine::Foresight;
use crate::reporter::thousands;

use super::Context;

/// Days that are told one by one.
const TOLD: usize = 3;

/// How many requests go out on which day; none where all go out at once.
pub(crate) fn days(context: &Context, foresight: &Foresight, now: Timestamp) -> Option<String> {
    let stretches = &foresight.stretches;
    let told: u64 = stretches.iter().take(TOLD).map(|(_, calls)| calls).sum();
    let all: u64 = foresight.posts - foresight.unsent;
    let mut parts: Vec<String> = stretches
        .iter()
        .take(TOLD)
        .map(|(first, calls)| format!("{} {}", thousands(*calls), context.zone.day(*first, now)))
        .collect();
    if all > told {
        parts.push(format!("{} later", thousands(all - told)));
    }
    if foresight.unsent > 0 {
        parts.push(format!("{} not at all before --until", thousands(foresight.unsent)));
    }
    (parts.len() > 1 || foresight.unsent > 0).then(|| parts.join(", "))
}
