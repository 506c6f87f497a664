//! `--where`: only the rows that a person wants, by any column of the input.

use crate::domain::text::escaped;
use crate::intake::record::trimmed::trimmed;

/// One condition on a row: `COLUMN=VALUE` or `COLUMN!=VALUE`.
///
/// Cells and values are compared without regard to case, and to spaces and quotes around them; an
/// empty value means an empty cell. A cell that holds a list is compared entry by entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    /// The column's name, as a person wrote it.
    pub(in crate::intake) column: String,
    pub(in crate::intake) relation: Relation,
    pub(in crate::intake) value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Relation {
    Is,
    IsNot,
}

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
