//! An instant, for people in their zone and for programs in UTC.

use maud::{Markup, html};

use crate::domain::Timestamp;
use crate::reporter::Zone;

pub(super) fn time(at: Timestamp, zone: &Zone) -> Markup {
    html! { time datetime=(at) { (zone.dated(at)) } }
}
