//! Links from a page to others.

use maud::{Markup, html};

/// Where a link leads, relative to its page, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationLink {
    pub to: String,
    pub words: &'static str,
}

/// Nothing where there are none.
pub fn navigation(links: &[NavigationLink]) -> Markup {
    html! {
        @if !links.is_empty() {
            nav aria-label="Pages" {
                ul { @for link in links { li { a href=(link.to) { (link.words) } } } }
            }
        }
    }
}
