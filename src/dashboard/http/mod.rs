//! Who is answered, over which connection, and what every answer says.
//!
//! Deliberately absent: the pages, and the journal.

mod answer;
mod front_door;
mod listener;
mod page_token;

pub(super) use answer::{empty, guarded, html_page, script, see_other, style_sheet};
pub(super) use front_door::{Admitted, FrontDoor, LaunchKey};
pub(super) use listener::{BoundedListener, Visitor};
pub(super) use page_token::PageToken;
