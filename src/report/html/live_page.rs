//! The dashboard's page of one batch.
//!
//! All addresses are relative, and there is no script and no style in it: the server forbids both.

use maud::{DOCTYPE, Markup, html};

use super::section::Section;

#[derive(Debug, Clone)]
pub struct LivePage<'p> {
    /// In the window's title.
    pub title: &'p str,
    /// From the page's address to where the style sheet and the script are: `../../`, or `./`.
    pub root: &'p str,
    /// Where the events of this page come from, relative to it; none: it does not change.
    pub events: Option<&'p str>,
    /// Links to other pages.
    pub navigation: Markup,
    pub sections: &'p [Section],
    /// What follows the sections, such as the table of machines.
    pub rest: Markup,
}

/// The page. Events of `section` (JSON with `id` and `html`) replace what is in the element of that
/// ID.
pub fn live_page(page: &LivePage<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) " \u{b7} mde-offboard" }
                link rel="stylesheet" href={ (page.root) "style.css" };
                link rel="icon" href="data:,";
                @if page.events.is_some() {
                    script src={ (page.root) "live.js" } defer {}
                }
            }
            body data-events=[page.events] {
                a class="skip" href="#main" { "Skip to the content" }
                header {
                    h1 { (page.title) }
                    (page.navigation)
                    p id="connection" class="quiet" {}
                }
                main id="main" tabindex="-1" {
                    @for section in page.sections {
                        @if section.id == "phase" {
                            div id="phase" role="status" { (section.html) }
                        } @else {
                            section id=(section.id) { (section.html) }
                        }
                    }
                    (page.rest)
                }
            }
        }
    }
}
