//! How what is wrong and what to do about it are laid out: a label, and lines below each other that
//! fit a screen.
//!
//! Deliberately absent: how wide the screen is, which the terminal says; colours.

use crate::reporter::prose_lines;

/// How much further in a cause goes on: there may be several, below each other.
const CAUSE_INDENT: usize = 2;

/// A text behind its label, with lines of at most `columns` that begin below each other. They are
/// broken between words. A command, what stands between backticks, and a line that is there to be
/// copied stay whole, even if they are wider.
pub(crate) fn labelled(label: &str, text: &str, columns: usize) -> String {
    laid_out((label, text), columns, 0)
}

/// One of the causes of what stands behind this label.
pub(crate) fn cause_below(label: &str, text: &str, columns: usize) -> String {
    laid_out((&" ".repeat(label.chars().count()), text), columns, CAUSE_INDENT)
}

fn laid_out((label, text): (&str, &str), columns: usize, indent: usize) -> String {
    let margin = label.chars().count();
    let width = columns.saturating_sub(margin + indent);
    let further = format!("\n{}", " ".repeat(margin + indent));
    let lines = text.trim_end().lines().map(|line| {
        if is_copied(line) { line.to_owned() } else { prose_lines(line, width).join(&further) }
    });
    let lines: Vec<String> = lines.collect();
    format!("{label}{}", lines.join(&format!("\n{}", " ".repeat(margin))))
}

/// Whether a line is there to be copied or seen whole: a line that is set in, a query, or a line of
/// a file with its number.
fn is_copied(line: &str) -> bool {
    let is_numbered = line.split_once(" | ").is_some_and(|(number, _)| {
        !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
    });
    line.starts_with(' ') || line.contains(" | where ") || is_numbered
}

#[cfg(test)]
mod tests {
    use super::labelled;

    #[test]
    fn lines_are_broken_between_words_and_never_within_what_is_copied() {
        for (text, expected) in [
            (
                "sign in again, then go on: `mde-offboard resume 1 --journal a.db`; or wait",
                "hint: sign in again,\n      then go on:\n      `mde-offboard resume 1 --journal \
                 a.db`;\n      or wait",
            ),
            (
                "to continue: mde-offboard resume 1 --journal a.db",
                "hint: to continue:\n      mde-offboard resume 1 --journal a.db",
            ),
            (
                "one\n  a command as it is set in\ntwo",
                "hint: one\n        a command as it is set in\n      two",
            ),
            ("a `name with spaces in it` is", "hint: a\n      `name with spaces in it`\n      is"),
            ("an odd ` backtick here", "hint: an odd `\n      backtick here"),
            ("/a/path/that/is/wider/than/this", "hint: /a/path/that/is/wider/than/this"),
            ("12 | key = a value that is long", "hint: 12 | key = a value that is long"),
            ("", "hint: "),
        ] {
            assert_eq!(labelled("hint: ", text, 20), expected);
        }
    }
}
