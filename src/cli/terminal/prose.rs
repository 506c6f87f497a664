//! How prose is laid out on standard error: lines break between words, and the word that says what
//! a line is has a colour.

use std::io::IsTerminal;

use crate::reporter::{Colouring, Tone, tinted, wrapped};

use crate::cli::terminal::standard_error;

/// Widest line of prose.
const COLUMNS_MAX: usize = 100;

/// What begins a line that stands out.
const MARKS: [(&str, Tone); 4] = [
    ("error:", Tone::Bad),
    ("warning:", Tone::Warning),
    ("hint:", Tone::Strong),
    ("SIMULATION", Tone::Warning),
];

/// A text that is fit to be shown, for standard error. Nothing is broken in a file or a pipe.
pub(crate) fn laid_out(text: &str) -> String {
    let text = if std::io::stderr().is_terminal() {
        wrapped(text, standard_error::size().columns.min(COLUMNS_MAX))
    } else {
        text.to_owned()
    };
    coloured(&text, standard_error::colouring())
}

fn coloured(text: &str, colouring: Colouring) -> String {
    if colouring == Colouring::Off {
        return text.to_owned();
    }
    let line = |line: &str| {
        let mark = MARKS.iter().find(|(mark, _)| line.starts_with(mark));
        match mark {
            Some((mark, tone)) => {
                format!("{}{}", tinted(mark, *tone, colouring), &line[mark.len()..])
            }
            None => line.to_owned(),
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
