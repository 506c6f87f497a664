//! When the last request goes out, in words.

use crate::domain::Timestamp;
use crate::event::Prospect;

use super::zone::Zone;

/// `last request at 23:03`, or `last request between 23:03 and 00:03` where a few more requests
/// take it into another hour's.
pub fn last_request(prospect: &Prospect, zone: &Zone, now: Timestamp) -> String {
    let last = prospect.last_send_at;
    match prospect.latest_send_at {
        Some(latest) => {
            let (last, latest) = (zone.near_minute(last, now), zone.near_minute(latest, now));
            format!("last request between {last} and {latest}")
        }
        None => format!("last request {}", zone.when_minute(last, now)),
    }
}
