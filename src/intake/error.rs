//! Why a whole file is refused.

use std::io;

use super::Position;
use super::bounds::{CELL_BYTES_MAX, COLUMNS_MAX, ENTRY_BYTES_MAX};
use super::listed::listed;
use crate::domain::{Advice, MachineIdError};

/// Why reading a file ended early.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure<E> {
    /// The file cannot be used as it is.
    #[error(transparent)]
    Input(#[from] IntakeError),
    /// The caller's `visit` ended it.
    #[error(transparent)]
    Visitor(E),
}

/// Why a file cannot be used as it is. Places, columns and bytes are counted from
/// 1.
///
/// None of these can be passed over by leaving out rows: either there is nothing to read, or it is
/// not certain what a row or an ID is.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message names each field")]
pub enum IntakeError {
    /// The operating system's reason is the source.
    #[error("the file cannot be read after line {line}")]
    Unreadable { line: u64, source: io::Error },
    /// No byte, or only white space.
    #[error("no machines: the file is empty")]
    Empty,
    /// Nothing below the header.
    #[error("no machines: there is nothing below the header in {place}")]
    OnlyHeader { place: Position },
    /// The first bytes are those of another kind of file.
    #[error("this is {what}")]
    OtherFormat { what: &'static str, remedy: &'static str },
    /// A NUL byte, which no text has.
    #[error("line {line}, column {column}: a NUL byte")]
    Nul { line: u64, column: usize },
    /// A byte-order mark in the header, beside the one that may begin a file.
    #[error(
        "{place}, {} {column}: a second byte-order mark (U+FEFF) in the header",
        .place.column_word()
    )]
    SecondMark { place: Position, column: usize },
    /// `line` is where the quote opens.
    #[error("line {line}, column {column}: the quote that opens here is never closed")]
    UnclosedQuote { line: u64, column: usize },
    /// Text between a closing quote and the next delimiter: one of the quotes is not meant as one.
    #[error(
        "line {line}, column {column}: the quote that opens here is closed in line {closed}, and \
         text follows it"
    )]
    TextAfterQuote { line: u64, column: usize, closed: u64 },
    /// A quote inside a name of the header.
    #[error("{place}, column {column}: a quote inside a column's name")]
    QuoteInHeader { place: Position, column: usize },
    /// A cell above [`CELL_BYTES_MAX`].
    #[error(
        "{place}, column {column}: a cell of more than {} KiB",
        CELL_BYTES_MAX / 1024
    )]
    CellTooLong { place: Position, column: usize },
    /// More cells than [`COLUMNS_MAX`].
    #[error(
        "{place} has more than {COLUMNS_MAX} {}s",
        .place.column_word()
    )]
    TooManyColumns { place: Position },
    /// A delimiter that would tear IDs or quoted cells apart.
    #[error("{} cannot be the delimiter", byte_shown(*.0))]
    Delimiter(u8),
    /// One object, which is neither a machine nor holds a list of them.
    #[error("this JSON object names no machine; it has the keys {}", listed(.keys))]
    JsonObject { keys: Vec<String> },
    /// An object that names a machine and holds a list of others.
    #[error(
        "the object that ends after {place} names a machine (`{id}`) and holds a list as well \
         (`{list}`)"
    )]
    JsonTwoMeanings { place: Position, id: String, list: String },
    /// An object that holds several lists.
    #[error("this JSON object holds two lists, `{one}` and `{other}`")]
    JsonTwoLists { one: String, other: String },
    /// Objects whose keys are IDs.
    #[error("`{key}` is a key here, not a value")]
    JsonIdAsKey { key: String },
    /// Objects without a key.
    #[error("the entries of this JSON have no keys")]
    JsonNoKeys,
    /// A workbook that cannot be used.
    #[error(transparent)]
    Workbook(#[from] super::WorkbookError),
    /// A person sees fewer rows than there are.
    #[error("the sheet `{sheet}` hides rows that would be read as well ({rows} of them)")]
    HiddenRows { sheet: String, rows: u64 },
    /// A text that ends or goes on where JSON does not; `place` is where that came to light.
    #[error("{place} cannot be read as JSON")]
    Json { place: Position, source: serde_json::Error },
    /// An entry that no list of machines has.
    #[error("{place} is {what}")]
    JsonEntry { place: Position, what: &'static str },
    /// Objects and texts in one list.
    #[error("{place} is of another kind than those before it: some are objects, some are texts")]
    JsonMixed { place: Position },
    /// A key or a value above [`CELL_BYTES_MAX`].
    #[error(
        "{place}, key `{key}`: a value of more than {} KiB",
        CELL_BYTES_MAX / 1024
    )]
    ValueTooLong { place: Position, key: String },
    /// An entry of JSON above the bound.
    #[error("{place} is longer than {} MiB", ENTRY_BYTES_MAX / 1024 / 1024)]
    EntryTooLong { place: Position },
    /// What `Format-Table` leaves of a table in PowerShell.
    #[error("{place}: this is PowerShell's `Format-Table` turned into CSV, the machines are lost")]
    FormatTable { place: Position },
    /// More than one usual delimiter in the header.
    #[error("line {line} holds {found}")]
    AmbiguousDelimiter { line: u64, found: String },
    /// No column has a known name.
    #[error(
        "{} is known to hold machine IDs; there are {}",
        .place.no_known_column(), listed(.columns)
    )]
    NoIdColumn { place: Position, columns: Vec<String>, hint: Option<String> },
    /// Names stand for machines, and no column has a known name.
    #[error(
        "{} is known to hold device names; there are {}",
        .place.no_known_column(), listed(.columns)
    )]
    NoNameColumn { place: Position, columns: Vec<String> },
    /// Names stand for machines, and the list has their IDs.
    #[error("{place} holds a machine ID, and --by-name is for lists without IDs")]
    IdsByName { place: Position },
    /// One column, whose first cell is neither a known name nor an ID.
    #[error(
        "{place}: `{found}` is {} ({why})", .place.neither()
    )]
    NotAList { place: Position, found: String, why: MachineIdError, hint: Option<String> },
    /// The first line is a title; `header` is where the column names seem to be.
    #[error("{place} is not a header, but {header} looks like one")]
    TitleRows { place: Position, header: Position },
    /// What `Export-Csv` makes of texts.
    #[error("{place}: `Export-Csv` wrote the length of each text instead of the text")]
    Lengths { place: Position },
    /// Nothing but IDs in the first line.
    #[error("{place} holds {count} machine IDs")]
    SeveralIds { place: Position, count: usize },
    /// More than one column could hold the machine IDs.
    #[error(
        "{}{} could each hold the machine IDs",
        .place.before_columns(), listed(.columns)
    )]
    AmbiguousIdColumn { place: Position, columns: Vec<String>, hint: Option<String> },
    /// Several columns have the name that was asked for, or the ID column's.
    #[error("{place}: {} columns have the name `{column}`", .times)]
    RepeatedColumn { place: Position, column: String, times: usize },
    /// No column has the name that was asked for.
    #[error(
        "{} `{column}` ({option}); there are {}",
        .place.no_column(), listed(.columns)
    )]
    NoSuchColumn { place: Position, option: &'static str, column: String, columns: Vec<String> },
    /// The first line holds an ID where column names were expected.
    #[error("{place} holds a machine ID where column names are expected")]
    NoHeader { place: Position },
}

impl IntakeError {
    /// What to do about it: what leads on from here where the list shows it, perhaps with a query
    /// on a line of its own.
    pub fn hint(&self) -> Advice {
        let advice = match self {
            Self::NoIdColumn { hint: Some(hint), .. } | Self::NotAList { hint: Some(hint), .. } => {
                hint
            }
            Self::AmbiguousIdColumn { hint: Some(hint), .. } => {
                return Advice::from("choose one with --id-column\n").then(hint);
            }
            Self::JsonIdAsKey { key } => {
                let like = format!("{{\"id\": \"{key}\"}}");
                let how = format!("write the entries with a key for the ID, such as {like}");
                return how.into();
            }
            Self::Workbook(error) => return error.hint(),
            other => other.fixed_hint(),
        };
        advice.into()
    }

    /// What helps no matter what the list shows.
    const fn fixed_hint(&self) -> &'static str {
        match self {
            Self::OtherFormat { remedy, .. } => remedy,
            Self::Nul { .. } => "the file is damaged: export it again",
            Self::UnclosedQuote { .. } => "close it, or double a quote that is part of the text",
            Self::TextAfterQuote { .. } => "double a quote that is part of the text",
            Self::QuoteInHeader { .. } => "quote the whole name",
            Self::CellTooLong { .. } | Self::TooManyColumns { .. } | Self::ValueTooLong { .. } => {
                "is it a list of machines?"
            }
            Self::Delimiter(_) => "`,`, `;` and a tab are usual",
            Self::JsonObject { .. } => {
                "a list of machines is expected under `value`, `Results` or `machines`, or alone"
            }
            Self::JsonTwoMeanings { .. } => "save the one that is meant to a file of its own",
            Self::JsonTwoLists { .. } => "save the one with the machines to a file of its own",
            Self::JsonNoKeys => "export the machines again",
            Self::HiddenRows { .. } => {
                "show all rows and choose with --where, or copy those that are meant to a sheet of \
                 their own"
            }
            Self::Json { .. } => "export the list again, or name it .csv if it is a table",
            Self::JsonEntry { .. } => "a machine ID in quotes or an object is expected",
            Self::JsonMixed { .. } => "write all of them in one way",
            Self::FormatTable { .. } => "use `Select-Object` before `Export-Csv`",
            Self::AmbiguousDelimiter { .. } => {
                "say with --delimiter which of them separates the columns"
            }
            Self::NoIdColumn { .. } | Self::NotAList { .. } => "name the column with --id-column",
            Self::NoNameColumn { .. } => "name the column with --name-column",
            Self::IdsByName { .. } => "leave out --by-name: an ID is certain, a name is not",
            Self::TitleRows { .. } => "remove the lines above it",
            Self::Lengths { .. } => {
                "use `Set-Content ids.txt` for a list of IDs, and `Select-Object` before \
                 `Export-Csv` for a table"
            }
            Self::SeveralIds { .. } => "write one machine ID a line",
            Self::AmbiguousIdColumn { .. } => "choose one with --id-column",
            Self::RepeatedColumn { .. } => "rename all but one",
            Self::NoHeader { .. } => "begin the file with a header such as `Device ID,Device Name`",
            Self::Unreadable { .. } => "check the disk or the share, or copy the file, then again",
            Self::Empty | Self::OnlyHeader { .. } => "export the list again, with its machines",
            Self::SecondMark { .. } => "remove it, or export the list again",
            Self::EntryTooLong { .. } => "is it a list of machines?",
            Self::NoSuchColumn { .. } => "name one of these, as it is written in the list",
            // What they hold says it.
            Self::JsonIdAsKey { .. } | Self::Workbook(_) => "export the list again",
        }
    }
}

/// An error in the first record, once more of the list was seen.
impl IntakeError {
    /// Whether the lines below can show what to do.
    pub(super) const fn may_lead_on(&self) -> bool {
        matches!(
            self,
            Self::NoIdColumn { .. } | Self::NotAList { .. } | Self::AmbiguousIdColumn { .. }
        )
    }

    pub(super) fn with_hint(mut self, words: String) -> Self {
        if let Self::NoIdColumn { hint, .. }
        | Self::NotAList { hint, .. }
        | Self::AmbiguousIdColumn { hint, .. } = &mut self
        {
            *hint = Some(words);
        }
        self
    }

    pub(super) fn below_titles(self, header: Position) -> Self {
        match self {
            Self::NoIdColumn { place, .. } | Self::NotAList { place, .. } => {
                Self::TitleRows { place, header }
            }
            other => other,
        }
    }

    pub(super) fn of_lengths(self) -> Self {
        match self {
            Self::NoIdColumn { place, .. } | Self::NotAList { place, .. } => {
                Self::Lengths { place }
            }
            other => other,
        }
    }
}

fn byte_shown(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("`{}`", char::from(byte))
    } else {
        format!("byte 0x{byte:02X}")
    }
}
