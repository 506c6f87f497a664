//! How far a batch is, on a screen with only so much room.
//!
//! Lines are broken between words. Where they are too many, the least important ones go first: what
//! is left always says who runs the batch, how far it is, and the command that goes on.

use console::measure_text_width;

use crate::reporter::Zone;

use super::prose::StatusPart;
use super::{Commands, Status};

/// How far a line that goes on is indented.
const MARGIN: &str = "    ";

impl Status {
    /// What `status` shows, in at most this many rows and columns. Ends with a line end.
    pub fn to_picture(&self, zone: &Zone, commands: &Commands, room: (usize, usize)) -> String {
        let (rows, columns) = room;
        let parts = self.parts(zone, commands).into_iter();
        let mut parts: Vec<(StatusPart, Vec<String>)> =
            parts.map(|(part, line)| (part, broken(&line, columns))).collect();
        let height = |parts: &[(StatusPart, Vec<String>)]| -> usize {
            parts.iter().map(|(_, lines)| lines.len()).sum()
        };
        while height(&parts) > rows && parts.len() > 1 {
            // Of several the last one: errors are in the order of their codes.
            let least = parts.iter().enumerate().max_by_key(|(_, (part, _))| *part);
            let least = least.map_or(0, |(at, _)| at);
            parts.remove(least);
        }
        joined(parts.into_iter().flat_map(|(_, lines)| lines), rows)
    }
}

/// A text in at most this many rows and columns. Ends with a line end.
pub fn fitted(text: &str, (rows, columns): (usize, usize)) -> String {
    joined(text.lines().flat_map(|line| broken(line, columns)), rows)
}

fn joined(lines: impl Iterator<Item = String>, rows: usize) -> String {
    lines.take(rows).map(|line| line + "\n").collect()
}

/// A line in pieces of at most this many columns: between two words, or where one word is wider
/// than that, within it, as a terminal would.
fn broken(line: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(MARGIN.len() + 2);
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for word in line.split_inclusive(' ') {
        let (wide, visible) = (measure_text_width(word), measure_text_width(word.trim_end()));
        let last = pieces.last_mut().expect("there is always one");
        if used + visible <= columns {
            last.push_str(word);
            used += wide;
            continue;
        }
        if !last.trim().is_empty() {
            pieces.push(MARGIN.to_owned());
            used = MARGIN.len();
        }
        for letter in word.chars() {
            let wide = measure_text_width(letter.encode_utf8(&mut [0; 4]));
            if used + wide > columns && letter != ' ' {
                pieces.push(MARGIN.to_owned());
                used = MARGIN.len();
            }
            if letter != ' ' || used < columns {
                pieces.last_mut().expect("there is always one").push(letter);
                used += wide;
            }
        }
    }
    pieces.iter().map(|piece| piece.trim_end().to_owned()).collect()
}
