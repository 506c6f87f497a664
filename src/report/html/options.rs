//! How the batch is run, as its options would be typed.

use maud::{Markup, html};

use crate::domain::text::in_line;

use super::batch_view::BatchView;

pub(super) fn options(view: &BatchView) -> Markup {
    html! {
        h2 { "Options" }
        dl class="options" {
            @for (name, value) in &view.options {
                div { dt { "--" (name) } dd { (in_line(value)) } }
            }
        }
    }
}
