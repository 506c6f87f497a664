//! Lines that are broken between words, where a terminal would break them inside of one.

use console::{measure_text_width, truncate_str};

/// How commands begin that people copy.
const COMMANDS: [&str; 2] = ["mde-offboard", "az"];

/// Furthest column at which the lines that follow a label begin.
const LABEL_MAX: usize = 20;

/// A line in pieces of at most `width` columns, where its words allow it; those after the first
/// begin `indent` columns in.
pub fn folded(line: &str, width: usize, indent: usize) -> Vec<String> {
    fold(line.split_inclusive(' '), width, indent)
}

/// The same, two columns in, with no more than `most` pieces: the last one is cut, with `ellipsis`,
/// where there would be more.
pub(in crate::reporter) fn folded_to(
    line: &str,
    (width, most): (usize, usize),
    ellipsis: &str,
) -> Vec<String> {
    const INDENT: usize = 2;
    let mut pieces = folded(line, width, INDENT);
    if pieces.len() > most {
        pieces.truncate(most);
        if let Some(last) = pieces.last_mut() {
            let room = width.saturating_sub(measure_text_width(ellipsis) + 1);
            while measure_text_width(last) > room
                && let Some(at) = last.trim_end().rfind(' ').filter(|at| *at > INDENT)
            {
                last.truncate(at);
            }
            *last = format!("{} {ellipsis}", last.trim_end());
        }
    }
    // One word that is wider than the line.
    pieces.iter().map(|piece| truncate_str(piece, width, ellipsis).into_owned()).collect()
}

/// A text of several lines for a terminal: broken between words, with what follows a label below
/// it. A command stays whole in a line of its own, even if it is wider, so that it can be copied.
pub fn wrapped(text: &str, columns: usize) -> String {
    let lines = text.split('\n').flat_map(|line| {
        if measure_text_width(line) <= columns {
            return vec![line.to_owned()];
        }
        fold(units(line), columns, hanging_indent(line))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A line of prose in pieces of at most `width` columns, broken between words. What stands between
/// backticks and a command stay whole in a line of their own, even if they are wider.
pub fn prose_lines(line: &str, width: usize) -> Vec<String> {
    fold(units(line), width, 0)
}

fn fold<'l>(units: impl IntoIterator<Item = &'l str>, width: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut last = String::new();
    for unit in units {
        let wide = measure_text_width(&last) + measure_text_width(unit.trim_end());
        if wide > width && !last.trim().is_empty() {
            lines.push(last.trim_end().to_owned());
            last = " ".repeat(indent);
        }
        last.push_str(unit);
    }
    lines.push(last.trim_end().to_owned());
    lines
}

/// Where the lines after the first one begin: below the text that follows a label, else two
/// columns further in.
fn hanging_indent(line: &str) -> usize {
    let text = line.trim_start();
    let lead = line.len() - text.len();
    let below = text.find("  ").map(|end| {
        let behind = &text[end..];
        lead + end + (behind.len() - behind.trim_start().len())
    });
    below.filter(|column| *column <= LABEL_MAX).unwrap_or(lead + 2)
}

/// The words of a line, each with the space behind it. One of them is what stands between two
/// backticks, and a command, up to two spaces or a mark that ends the clause.
fn units(line: &str) -> Vec<&str> {
    let mut units = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let end = match command_end(rest) {
            Some(end) => end,
            None => {
                quoted_end(rest).unwrap_or_else(|| rest.find(' ').map_or(rest.len(), |at| at + 1))
            }
        };
        units.push(&rest[..end]);
        rest = &rest[end..];
    }
    units
}

/// Where the word ends with which a text begins and in which a backtick opens, with what it opens;
/// none where none does, or it is not closed.
fn quoted_end(text: &str) -> Option<usize> {
    let word = text.split(' ').next().unwrap_or_default();
    let open = word.find('`')?;
    let mut end = open;
    // A word may hold several: `a`/`b c`.
    while let Some(open) = text[end..].split(' ').next().and_then(|word| word.find('`')) {
        let start = end + open + 1;
        end = start + text[start..].find('`')? + 1;
    }
    Some(text[end..].find(' ').map_or(text.len(), |at| end + at + 1))
}

/// Where the command ends with which a text begins; none where it begins with another word.
fn command_end(text: &str) -> Option<usize> {
    let bare = text.trim_start_matches(['`', '(']);
    let name = COMMANDS.iter().find(|name| {
        bare.strip_prefix(**name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })?;
    let quoted = text.starts_with('`') || text.starts_with("(`");
    let start = text.len() - bare.len() + name.len();
    let end = if quoted {
        let close = text[start..].find('`').map_or(text.len(), |at| start + at + 1);
        text[close..].find(' ').map_or(text.len(), |at| close + at)
    } else {
        let ends = ["  ", "; ", ", ", ") "].iter().filter_map(|end| text[start..].find(end));
        ends.min().map_or(text.len(), |at| {
            let mark = usize::from(!text[start + at..].starts_with("  "));
            start + at + mark
        })
    };
    let space = text[end..].len() - text[end..].trim_start_matches(' ').len();
    Some(end + space)
}
