//! `--where`: only the rows that a person wants, by any column of the input.

use super::trimmed::trimmed;
use crate::domain::text::escaped;

/// One condition on a row: `COLUMN=VALUE` or `COLUMN!=VALUE`.
///
/// Cells and values are compared without regard to case and to spaces around them; an empty value
/// means an empty cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    /// The column's name, as a person wrote it.
    pub(super) column: String,
    relation: Relation,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Is,
    IsNot,
}

/// Why a text is no [`RowFilter`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFilterError {
    /// There is no `=`, or nothing before it.
    #[error("write it as COLUMN=VALUE or COLUMN!=VALUE, for instance \"OS Platform=Windows10\"")]
    Form,
    /// Longer than [`RowFilter::CHARS_MAX`].
    #[error(
        "it has more than {} characters; name a shorter value, or choose the rows in the file",
        RowFilter::CHARS_MAX
    )]
    TooLong,
}

impl RowFilter {
    /// Longest condition, in characters. It is kept with the batch and shown beside it.
    pub const CHARS_MAX: usize = 1_000;

    /// Reads `COLUMN=VALUE` or `COLUMN!=VALUE`; the first `=` counts.
    ///
    /// # Errors
    /// [`RowFilterError`] without an `=` or without a column, and for more than
    /// [`Self::CHARS_MAX`] characters.
    pub fn parse(text: &str) -> Result<Self, RowFilterError> {
        let (column, value) = text.split_once('=').ok_or(RowFilterError::Form)?;
        let (column, relation) = match column.strip_suffix('!') {
            Some(column) => (column, Relation::IsNot),
            None => (column, Relation::Is),
        };
        let (column, value) = (trimmed(column), trimmed(value));
        if column.is_empty() {
            return Err(RowFilterError::Form);
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(RowFilterError::TooLong);
        }
        Ok(Self { column: column.to_owned(), relation, value: value.to_owned() })
    }
}

/// Fit to be stored and shown: escaped where it has characters that cannot be seen.
impl std::fmt::Display for RowFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = match self.relation {
            Relation::Is => "=",
            Relation::IsNot => "!=",
        };
        write!(f, "{}{sign}{}", escaped(&self.column), escaped(&self.value))
    }
}

/// What all conditions on one column come to: any of the values that are wanted, where some are,
/// and none of the others.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) column: usize,
    any_of: Vec<String>,
    none_of: Vec<String>,
}

impl Condition {
    /// Adds a filter on the column of index `column`.
    pub(super) fn add(conditions: &mut Vec<Self>, column: usize, filter: &RowFilter) {
        let known = conditions.iter().position(|condition| condition.column == column);
        let index = known.unwrap_or_else(|| {
            conditions.push(Self { column, any_of: Vec::new(), none_of: Vec::new() });
            conditions.len() - 1
        });
        let condition = &mut conditions[index];
        match filter.relation {
            Relation::Is => condition.any_of.push(filter.value.clone()),
            Relation::IsNot => condition.none_of.push(filter.value.clone()),
        }
    }

    /// Whether a row with this cell is wanted.
    pub(super) fn holds(&self, cell: &str) -> bool {
        let cell = trimmed(cell);
        let is = |value: &String| same(cell, value);
        (self.any_of.is_empty() || self.any_of.iter().any(is)) && !self.none_of.iter().any(is)
    }
}

fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.chars(), other.chars());
    one.flat_map(char::to_lowercase).eq(other.flat_map(char::to_lowercase))
}
