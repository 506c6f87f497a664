//! What keeps a page from being whole, in a section of its own.

use maud::html;

use super::section::Section;

/// The name of the section that says what a reader has to know first.
pub const NOTICE: &str = "notice";

/// Empty where there is nothing to say. It is read out when it appears.
pub fn notice(said: &[String]) -> Section {
    let html = html! {
        @if !said.is_empty() {
            div .notice role="alert" { @for words in said { p { (words) } } }
        }
    };
    Section { id: NOTICE, html }
}
