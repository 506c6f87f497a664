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

/// Widest line of prose on standard error.
pub(crate) fn columns() -> usize {
    if std::io::stderr().is_terminal() {
        standard_error::size().columns.min(COLUMNS_MAX)
    } else {
        COLUMNS_MAX
    }
}

/// A text that is fit to be shown, for standard error. In a file or a pipe only what stands out is
/// broken: a table or a line of progress is read by programs, too.
pub(crate) fn laid_out(text: &str) -> String {
    let columns = columns();
    let is_terminal = std::io::stderr().is_terminal();
    let lines = text.split('\n').map(|line| {
        let is_broken = is_terminal || MARKS.iter().any(|(mark, _)| line.starts_with(mark));
        if is_broken { wrapped(line, columns) } else { line.to_owned() }
    });
    coloured(&lines.collect::<Vec<_>>().join("\n"))
}

/// A text with the colour of the words that stand out.
pub(crate) fn coloured(text: &str) -> String {
    let colouring = standard_error::colouring();
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
