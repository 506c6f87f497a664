//! A part of a page that is sent again when it has changed.

use maud::Markup;

#[derive(Debug, Clone)]
pub struct Section {
    /// The `id` of the element that it is in.
    pub id: &'static str,
    /// What is inside that element.
    pub html: Markup,
}
