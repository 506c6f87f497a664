//! How a file is to be read, how it was read, and what it held.

/// What a person said about the file; what is `None` is recognised from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `--id-column`: header of the column with the machine IDs.
    pub id_column: Option<String>,
    /// `--name-column`: header of the column with the device names.
    pub name_column: Option<String>,
    /// `--comment-column`: header of the column with the comments.
    pub comment_column: Option<String>,
    /// `--delimiter`: the byte between two cells.
    pub delimiter: Option<u8>,
}

impl Wanted {
    pub(super) const fn names_a_column(&self) -> bool {
        self.id_column.is_some() || self.name_column.is_some() || self.comment_column.is_some()
    }
}

/// How the file was read; a plan shows it, so that a person can object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The byte between two cells.
    pub delimiter: u8,
    /// Header of the column with the IDs; `None` for a plain list of IDs.
    pub id_column: Option<String>,
    /// Header of the column with the device names.
    pub name_column: Option<String>,
    /// Header of the column with the comments.
    pub comment_column: Option<String>,
    /// Whether the file began with a UTF-8 byte-order mark.
    pub byte_order_mark: bool,
    /// What a person should know about the columns.
    pub notes: Vec<String>,
}

/// What the file held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that name a machine; duplicates count each time.
    pub rows: u64,
    /// Records that were left out.
    pub rejects: u64,
    /// Empty lines, and lines of nothing but delimiters, spaces and tabs.
    pub blank_lines: u64,
    /// IDs that had spaces or tabs around them.
    pub trimmed: u64,
    /// What a person should know about the rows.
    pub notes: Vec<String>,
}
