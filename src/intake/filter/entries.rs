//! The entries of a cell that holds a list: tags, groups, addresses.
//!
//! Such cells are written in many ways: as the portal joins them (`keep, Berlin`), as a JSON array
//! (`["keep","Berlin"]`, advanced hunting and JSON itself), with semicolons, bars or lines between,
//! or in braces, as PowerShell shows a list. All texts in here are compared in one form: without
//! spaces and quotes around them, in lower case.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::text::is_unseen;

/// Ends of the names of columns that hold lists, in the form in which names are compared.
const LIST_NAMES: [&str; 28] = [
    "tag",
    "tags",
    "label",
    "labels",
    "group",
    "groups",
    "groupname",
    "groupnames",
    "memberof",
    "ip",
    "ips",
    "ipaddress",
    "ipaddresses",
    "mac",
    "macs",
    "macaddress",
    "macaddresses",
    "addresses",
    "user",
    "users",
    "roles",
    "sources",
    "platforms",
    "categories",
    "collections",
    "keywords",
    "owners",
    "ids",
];

const SEPARATORS: [char; 6] = [',', ';', '|', '\n', '\r', '\t'];

/// What a cell is to a condition.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::intake) enum CellContent {
    Text(String),
    /// A list of texts, none of them empty.
    List(Vec<String>),
    /// What a program wrote in the place of a list or an object, whose content is lost.
    Lost,
}

impl CellContent {
    /// Reads a cell. `of_list`: the column is known to hold lists.
    pub(in crate::intake) fn read(cell: &str, of_list: Column) -> Self {
        if is_lost(cell) || (of_list == Column::OfLists && is_cut(cell)) {
            return Self::Lost;
        }
        let read = written_as_list(cell)
            .or_else(|| (of_list == Column::OfLists).then(|| split(cell).map(compared).collect()));
        let Some(mut entries): Option<Vec<String>> = read else {
            return Self::Text(compared(cell));
        };
        if entries.iter().any(|entry| is_lost(entry)) {
            return Self::Lost;
        }
        entries.retain(|entry| !entry.is_empty());
        Self::List(entries)
    }
}

/// Whether a column is known, by its name, to hold lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Column {
    /// It holds tags, groups, addresses and the like.
    OfLists,
    /// Nothing is known of it: a cell may still be written as a list.
    Other,
}

impl Column {
    /// By a name in the form in which names are compared.
    pub(in crate::intake) fn named(plain: &str) -> Self {
        let listed = LIST_NAMES.iter().any(|end| plain.ends_with(end));
        if listed { Self::OfLists } else { Self::Other }
    }
}

/// The form in which texts are compared.
pub(in crate::intake) fn compared(text: &str) -> String {
    bare(text).chars().flat_map(char::to_lowercase).collect()
}

/// Without spaces, unseen characters and quotes around it.
fn bare(text: &str) -> &str {
    let spaces = |c: char| c.is_whitespace() || is_unseen(c);
    let text = text.trim_matches(spaces);
    let quotes = ['"', '\'', '“', '”', '‘', '’', '`'];
    text.trim_matches(|c| quotes.contains(&c)).trim_matches(spaces)
}

pub(in crate::intake) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATORS)
}

/// The entries of a cell in brackets or braces; none for any other.
pub(in crate::intake) fn written_as_list(cell: &str) -> Option<Vec<String>> {
    let cell = cell.trim();
    // A JSON text inside a JSON text: what was turned into JSON twice.
    if let Ok(inner) = serde_json::from_str::<String>(cell) {
        return written_as_list(&inner);
    }
    let inside = match cell.as_bytes() {
        [b'[', .., b']'] | [b'{', .., b'}'] => &cell[1..cell.len() - 1],
        _ => return None,
    };
    let mut entries = Vec::new();
    match serde_json::from_str::<Value>(cell) {
        Ok(value) => leaves(&value, &mut entries),
        Err(_) => entries.extend(split(inside).map(compared)),
    }
    Some(entries)
}

/// The entries of a cell that holds a list, however they are written, in lower case. The whole cell
/// is one of them, since an entry may hold what stands between others.
pub fn listed_entries(cell: &str) -> Vec<String> {
    let mut entries = match CellContent::read(cell, Column::OfLists) {
        CellContent::List(entries) => entries,
        CellContent::Text(text) => vec![text],
        CellContent::Lost => Vec::new(),
    };
    let whole = compared(cell);
    if !whole.is_empty() && !entries.contains(&whole) {
        entries.push(whole);
    }
    entries
}

/// A JSON array of texts as the portal joins them, to be shown; any other cell as it is.
pub(in crate::intake) fn joined(cell: &str) -> Cow<'_, str> {
    let texts = cell.starts_with('[').then(|| serde_json::from_str::<Vec<String>>(cell));
    match texts {
        Some(Ok(texts)) => Cow::Owned(texts.join(", ")),
        _ => Cow::Borrowed(cell),
    }
}

/// All that a person may mean by an entry: a text at any depth, and of an object the names too.
fn leaves(value: &Value, entries: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => match written_as_list(text) {
            Some(more) if !is_lost(text) => entries.extend(more),
            _ => entries.push(compared(text)),
        },
        Value::Bool(_) | Value::Number(_) => entries.push(value.to_string()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, entries)),
        Value::Object(fields) => {
            for (name, value) in fields {
                entries.push(compared(name));
                if let Value::String(text) = value {
                    entries.extend([":", "="].map(|sign| compared(&format!("{name}{sign}{text}"))));
                }
                leaves(value, entries);
            }
        }
    }
}

/// Whether a program wrote the name of a type, or a sign for an object, where content should be:
/// `System.Object[]`, `@{vmId=0; ...}`, `[object Object]`, or `{...}` of our own JSON reader.
fn is_lost(cell: &str) -> bool {
    let cell = bare(cell);
    if !cell.contains(['.', '@', '[']) {
        return false;
    }
    let lower = cell.to_lowercase();
    let mut pieces = lower.split(|c: char| SEPARATORS.contains(&c) || c.is_whitespace());
    lower.contains("[object object]") || pieces.any(|piece| is_type_name(bare(piece)))
}

fn is_type_name(piece: &str) -> bool {
    let piece = piece.trim_start_matches(['{', '[']);
    if piece.starts_with("@{") || piece == "...}" {
        return true;
    }
    let parts = match piece.split_once('.') {
        Some(("system", rest)) => rest,
        Some(("microsoft", rest)) if rest.contains('.') => rest,
        _ => return false,
    };
    parts.starts_with(|c: char| c.is_ascii_alphabetic())
        && parts.chars().all(|c| c.is_ascii_alphanumeric() || "._`+[]{}".contains(c))
}

/// Whether a list was cut where a screen ended.
fn is_cut(cell: &str) -> bool {
    let cell = bare(cell).trim_end_matches(['}', ']']);
    cell.ends_with("...") || cell.ends_with('…')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(cell: &str, column: Column) -> Vec<String> {
        match CellContent::read(cell, column) {
            CellContent::List(entries) => entries,
            other => panic!("{cell}: {other:?}"),
        }
    }

    #[test]
    fn a_list_is_read_however_it_is_written() {
        for cell in [
            "Keep, Berlin",
            "keep;Berlin",
            " keep | \"BERLIN\" ",
            "keep\nBerlin",
            "['keep', 'Berlin']",
            "[\"keep\",\"Berlin\"]",
            "{keep, Berlin}",
            "\"[\\\"keep\\\", \\\"Berlin\\\"]\"",
            "[[\"keep\"], [null, \"Berlin\"]]",
            "keep,\u{a0}Berlin\u{200b},",
        ] {
            assert_eq!(list(cell, Column::OfLists), ["keep", "berlin"], "{cell}");
        }
        assert_eq!(list("[]", Column::Other), [""; 0]);
        assert_eq!(list("", Column::OfLists), [""; 0]);
        assert_eq!(list("[1, true]", Column::Other), ["1", "true"]);
        let entries = list("[{\"UserName\": \"x\"}]", Column::Other);
        assert_eq!(entries, ["username", "username:x", "username=x", "x"]);
    }

    #[test]
    fn the_whole_cell_is_an_entry_of_its_own() {
        assert_eq!(listed_entries("Keep; Berlin"), ["keep", "berlin", "keep; berlin"]);
        assert_eq!(listed_entries(" Keep "), ["keep"]);
        assert_eq!(listed_entries(""), [""; 0]);
        assert_eq!(listed_entries("System.Object[]"), ["system.object[]"]);
    }

    #[test]
    fn a_text_is_no_list_where_nothing_says_so() {
        let text = CellContent::Text("keep, berlin".into());
        assert_eq!(CellContent::read(" Keep, Berlin ", Column::Other), text);
        assert_eq!(CellContent::read("{", Column::Other), CellContent::Text("{".into()));
        assert_eq!(CellContent::read("…", Column::Other), CellContent::Text("…".into()));
    }

    #[test]
    fn what_a_program_wrote_in_the_place_of_content_is_known() {
        for cell in [
            "System.Object[]",
            " \"system.string[]\" ",
            "System.Collections.Generic.List`1[System.String]",
            "System.Collections.Hashtable",
            "Microsoft.Graph.PowerShell.Models.MicrosoftGraphDevice",
            "@{vmId=0; cloudProvider=Unknown}",
            "keep; System.Object[]",
            "System.Object[] System.Object[]",
            "{System.Object[]}",
            "[object Object],[object Object]",
            "{...}",
            "[\"{...}\"]",
            "[\"a\", \"@{b=1}\"]",
        ] {
            assert_eq!(CellContent::read(cell, Column::Other), CellContent::Lost, "{cell}");
        }
        for cut in ["{keep, Ber...}", "keep, Ber…", "[\"keep\", ..."] {
            assert_eq!(CellContent::read(cut, Column::OfLists), CellContent::Lost, "{cut}");
        }
        for text in ["System", "system.", "Microsoft.Defender", "a.b@c.example", "10.0.0.1", "..."]
        {
            assert!(
                matches!(CellContent::read(text, Column::Other), CellContent::Text(_)),
                "{text}"
            );
        }
    }
}
