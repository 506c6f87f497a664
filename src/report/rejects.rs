//! The bad rows of an input, in its own columns, with what is wrong with each.
//!
//! A person fixes the file and gives it to the program again: the columns in front are read past.

use std::io::{self, Write};
use std::sync::Arc;

use crate::intake::Reject;

use super::outcome::defanged;

/// The columns in front of the input's own.
const COLUMNS: [&str; 3] = ["rejected_because", "rejected_file", "rejected_line"];

/// The one column of a plain list, which has no name there.
const PLAIN_LIST: &str = "Device ID";

/// Whether a file that begins like this is such a table.
pub fn has_rejects(text: &str) -> bool {
    let header = text.strip_prefix('\u{feff}').and_then(|text| text.lines().next());
    let own = COLUMNS.join(",");
    let rest = header.and_then(|header| header.strip_prefix(own.as_str()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
}

/// A table of bad rows, written as they are met. It begins with a byte-order mark, for Excel.
#[derive(Debug)]
pub struct Rejects<W: Write> {
    out: csv::Writer<W>,
    header: Option<Arc<[String]>>,
}

#[derive(Debug, thiserror::Error)]
pub enum RejectsError {
    #[error("{0} has other columns than the file with the first bad row")]
    OtherColumns(String),
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl<W: Write> Rejects<W> {
    /// Begins the table.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(mut out: W) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        // A bad row may have more cells than the header, or fewer.
        let out = csv::WriterBuilder::new().flexible(true).from_writer(out);
        Ok(Self { out, header: None })
    }

    /// Adds a bad row of the file that is called `source`.
    ///
    /// # Errors
    /// [`RejectsError::OtherColumns`] where its file has other columns than the table.
    pub fn add(&mut self, source: &str, reject: &Reject) -> Result<(), RejectsError> {
        if self.header.is_none() {
            self.write_header(&reject.header)?;
            self.header = Some(Arc::clone(&reject.header));
        }
        if self.header.as_deref() != Some(&*reject.header) {
            return Err(RejectsError::OtherColumns(source.to_owned()));
        }
        let front = [reject.reason(), source.to_owned(), reject.place.number().to_string()];
        let cells = front.iter().chain(&reject.cells).map(|cell| defanged(cell));
        Ok(self.out.write_record(cells).map_err(io::Error::from)?)
    }

    /// Ends the table and gives back what it was written to; without bad rows it has the columns in
    /// front alone.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        if self.header.is_none() {
            self.write_header(&[])?;
        }
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn write_header(&mut self, names: &[String]) -> io::Result<()> {
        let own = |name: &String| match names {
            [only] if only.is_empty() => PLAIN_LIST.to_owned(),
            _ => defanged(name),
        };
        let columns = COLUMNS.into_iter().map(str::to_owned).chain(names.iter().map(own));
        Ok(self.out.write_record(columns)?)
    }
}
