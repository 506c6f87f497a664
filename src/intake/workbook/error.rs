//! Why a workbook cannot be used. The words for a person are here, the bounds where they are kept.

use std::error::Error;
use std::io;

use super::bounds::{
    PARTS_MAX, ROWS_MAX, SHEETS_MAX, TEXTS_BYTES_MAX, UNPACKED_BYTES_MAX, XLS_BYTES_MAX,
};
use crate::domain::Advice;
use crate::domain::text::excerpt;
use crate::intake::listed::listed as listed_names;
use crate::intake::{CELL_BYTES_MAX, COLUMNS_MAX};

/// Why a workbook cannot be used as it is. Rows and columns are counted from 1.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message names each field")]
pub enum WorkbookError {
    /// The operating system's reason is the source.
    #[error("the workbook cannot be read")]
    Unreadable(#[source] io::Error),
    /// The first bytes are not those of a workbook.
    #[error("this is {what}, not a workbook")]
    NotAWorkbook { what: &'static str, remedy: &'static str },
    #[error("the workbook is protected with a password")]
    Protected,
    /// It says of itself that it is a workbook, and then is not as one should be.
    #[error("the workbook is damaged")]
    Damaged(#[source] Box<dyn Error + Send + Sync>),
    /// A bomb, or much more than a list of machines.
    #[error("the workbook has more than {} MiB unpacked", UNPACKED_BYTES_MAX >> 20)]
    TooLarge,
    /// A list of machines has some texts a row.
    #[error("the workbook's shared texts would take more than {} MiB", TEXTS_BYTES_MAX >> 20)]
    TooManyTexts,
    #[error("the workbook has more than {SHEETS_MAX} sheets")]
    TooManySheets,
    #[error("the workbook has more than {PARTS_MAX} parts")]
    TooManyParts,
    /// An `.xls` is read as a whole.
    #[error("the .xls workbook has more than {} MiB", XLS_BYTES_MAX >> 20)]
    XlsTooLarge,
    #[error("the workbook has several sheets: {}", listed(.sheets))]
    SeveralSheets { sheets: Vec<String> },
    #[error(
        "every sheet of the workbook is empty or hidden: {}",
        listed(.sheets)
    )]
    NoSheet { sheets: Vec<String> },
    #[error(
        "the workbook has no sheet `{}`; it has {}",
        excerpt(.wanted),
        listed(.sheets)
    )]
    NoSuchSheet { wanted: String, sheets: Vec<String> },
    /// Excel does not allow it; other programs might.
    #[error("several sheets have the name `{}`", excerpt(.name))]
    RepeatedSheet { name: String },
    #[error("the sheet has more than {ROWS_MAX} rows")]
    TooManyRows,
    /// More cells than [`COLUMNS_MAX`].
    #[error("row {row} has more than {COLUMNS_MAX} columns")]
    TooManyColumns { row: u64 },
    /// A cell above [`CELL_BYTES_MAX`].
    #[error("row {row}, column {column}: a cell of more than {} KiB", CELL_BYTES_MAX / 1024)]
    CellTooLong { row: u64, column: usize },
}

impl WorkbookError {
    /// What to do about it.
    pub(in crate::intake) fn hint(&self) -> Advice {
        let advice = match self {
            Self::NotAWorkbook { remedy, .. } => remedy,
            Self::Protected => "remove it and save the workbook again",
            Self::Damaged(_) => "open it, save it again as .xlsx, or save the sheet as CSV",
            Self::TooLarge | Self::TooManyTexts | Self::TooManyParts => {
                "save the sheet with the machines as CSV"
            }
            Self::TooManySheets => "copy the one with the machines",
            Self::XlsTooLarge => "save it as .xlsx, or the sheet as CSV",
            Self::SeveralSheets { .. } | Self::NoSheet { .. } | Self::NoSuchSheet { .. } => {
                "choose one with --sheet"
            }
            Self::RepeatedSheet { .. } => "rename all but one",
            Self::Unreadable(_) => "check the disk or the share, or copy the file, then again",
            Self::TooManyRows => "split it into several lists, or save it as CSV",
            Self::TooManyColumns { .. } | Self::CellTooLong { .. } => "is it a list of machines?",
        };
        advice.into()
    }

    pub(super) fn damaged(why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Damaged(why.into())
    }
}

impl From<quick_xml::Error> for WorkbookError {
    fn from(error: quick_xml::Error) -> Self {
        Self::damaged(error)
    }
}

impl From<zip::result::ZipError> for WorkbookError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::damaged(error)
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().map(|name| excerpt(name)).collect();
    listed_names(&shown)
}
