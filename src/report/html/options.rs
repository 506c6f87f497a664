//! How the batch is run, as its options would be typed.

use maud::{Markup, html};

use crate::domain::text::in_line;

use super::batch_view::BatchView;

/// Longest value that fits beside others, in bytes.
const SHORT: usize = 40;

pub(super) fn options(view: &BatchView) -> Markup {
    html! {
        h2 { "Options" }
        dl class="options" {
            @for (name, value) in &view.options {
                // A line of its own where it is long, such as a hash.
                @let class = (value.len() > SHORT).then_some("whole");
                div class=[class] { dt { "--" (name) } dd { (in_line(value)) } }
            }
        }
    }
}
