//! A command on a page, to be read, selected and copied.

use maud::{Markup, html};

use crate::domain::text::in_line;

/// A line of it ends between two words, where there is room for the longer one: a browser by itself
/// would end one at a hyphen as well, and who reads `audit verify -` does not see an option. What
/// is copied is the command, with its own spaces.
pub(super) fn command(text: &str) -> Markup {
    let text = in_line(text);
    html! {
        code class="command" {
            @for (at, word) in text.split(' ').enumerate() {
                @if at > 0 { " " }
                @if !word.is_empty() { span { (word) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_together_and_spaces_are_between_them() {
        let shown = |text| command(text).into_string();
        assert_eq!(
            shown("x --head 'a  <b'"),
            "<code class=\"command\"><span>x</span> <span>--head</span> <span>'a</span>  \
             <span>&lt;b'</span></code>"
        );
    }
}
