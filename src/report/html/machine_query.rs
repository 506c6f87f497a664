//! A query for machines as it is written in an address: `q=lab&state=failed&sort=-sent&page=3`.
//!
//! What cannot be read is passed over: an address may be typed by hand, and then shows too much
//! rather than an error.

use std::fmt::Write as _;

use crate::domain::State;
use crate::journal::{MachineColumn, MachineQuery, SortDirection};

/// Longest text that is looked for, in characters: more than any name or comment has.
pub(super) const TEXT_CHARS_MAX: usize = 200;

/// The columns by their words in an address.
pub(super) const COLUMNS: [(MachineColumn, &str, &str); 9] = [
    (MachineColumn::Number, "number", "No."),
    (MachineColumn::Name, "name", "Device name"),
    (MachineColumn::Id, "id", "Machine ID"),
    (MachineColumn::State, "state", "State"),
    (MachineColumn::Code, "code", "Error"),
    (MachineColumn::Attempts, "attempts", "Attempts"),
    (MachineColumn::SentAt, "sent", "Last sent"),
    (MachineColumn::SettledAt, "settled", "Settled"),
    (MachineColumn::Comment, "comment", "Comment"),
];

/// Reads the fields of an address, or of the form that was sent.
pub fn machine_query<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> MachineQuery {
    let mut query = MachineQuery::default();
    for (name, value) in fields {
        match name {
            "q" => query.text = value.trim().chars().take(TEXT_CHARS_MAX).collect(),
            "state" => {
                for state in value.split(',').filter_map(State::from_word) {
                    if !query.states.contains(&state) {
                        query.states.push(state);
                    }
                }
            }
            "sort" => {
                let (word, direction) = match value.strip_prefix('-') {
                    Some(word) => (word, SortDirection::Down),
                    None => (value, SortDirection::Up),
                };
                if let Some((column, ..)) = COLUMNS.iter().find(|(_, known, _)| *known == word) {
                    (query.column, query.direction) = (*column, direction);
                }
            }
            // People count pages from 1.
            "page" => query.page = value.parse::<u64>().unwrap_or(1).saturating_sub(1),
            _ => {}
        }
    }
    query
}

/// The fields of a query, without those that say what is so anyway.
pub(super) fn fields_of(query: &MachineQuery) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if !query.text.is_empty() {
        fields.push(("q", query.text.clone()));
    }
    fields.extend(query.states.iter().map(|state| ("state", state.word().to_owned())));
    if (query.column, query.direction) != (MachineColumn::default(), SortDirection::default()) {
        fields.push(("sort", sort_word(query.column, query.direction)));
    }
    if query.page > 0 {
        fields.push(("page", (query.page + 1).to_string()));
    }
    fields
}

pub(super) fn sort_word(column: MachineColumn, direction: SortDirection) -> String {
    let known = COLUMNS.iter().find(|(known, ..)| *known == column);
    let word = known.map_or("number", |(_, word, _)| word);
    match direction {
        SortDirection::Up => word.to_owned(),
        SortDirection::Down => format!("-{word}"),
    }
}

/// A link to a query, relative to the page that it is on.
pub(super) fn link_to(query: &MachineQuery) -> String {
    let fields: Vec<String> = fields_of(query)
        .into_iter()
        .map(|(name, value)| format!("{name}={}", percent_encoded(&value)))
        .collect();
    format!("?{}#machines", fields.join("&"))
}

/// A text as the value of a field in an address: all but letters, digits and `-._~` is encoded.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a text takes every write");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_reads_back_what_it_writes() {
        let query = MachineQuery {
            text: "50% & more".to_owned(),
            states: vec![State::Failed, State::TimedOut],
            column: MachineColumn::SentAt,
            direction: SortDirection::Down,
            page: 4,
        };
        let fields = fields_of(&query);
        let read = machine_query(fields.iter().map(|(name, value)| (*name, value.as_str())));
        assert_eq!(read, query);
        assert_eq!(
            link_to(&query),
            "?q=50%25%20%26%20more&state=failed&state=timed_out&sort=-sent&page=5#machines"
        );
        assert_eq!(link_to(&MachineQuery::default()), "?#machines");
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        let fields = [("page", "x"), ("sort", "-owner"), ("state", "gone"), ("colour", "red")];
        assert_eq!(machine_query(fields), MachineQuery::default());
        let states = machine_query([("state", "failed,rejected"), ("state", "failed")]).states;
        assert_eq!(states, [State::Failed, State::Rejected]);
        assert_eq!(machine_query([("q", "x".repeat(999).as_str())]).text.len(), TEXT_CHARS_MAX);
    }
}
