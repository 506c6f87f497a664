//! Looks through the XML of an `.xlsx` sheet before calamine reads it.
//!
//! calamine does not tell hidden rows. It also takes some mistakes for something else: a
//! reference beyond any column wraps round, and a shared text whose number is no number becomes
//! the first text of the table. Neither is written by any program, so a sheet with one is damaged.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::WorkbookError;
use super::bounds::ROWS_MAX;
use super::package::attribute;

/// Excel's last column is XFD.
const COLUMN_LETTERS_MAX: usize = 3;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SheetSurvey {
    /// Rows with a value that do not show.
    pub(super) hidden_rows: u64,
    pub(super) has_cells: bool,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing of the place")]
struct Position {
    row: u64,
    row_hidden: bool,
    row_has_cells: bool,
    /// The cell's type is that of a shared text.
    shared: bool,
    /// In the value of a cell (`v`), or the text in it (`t`).
    inside: bool,
    /// Pieces of text in this value.
    pieces: usize,
}

pub(super) fn survey<B: BufRead>(xml: &mut Reader<B>) -> Result<SheetSurvey, WorkbookError> {
    let mut survey = SheetSurvey::default();
    let mut place = Position::default();
    let mut buffer = Vec::new();
    let mut in_data = false;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(element) if !in_data => {
                in_data = element.local_name().as_ref() == "sheetData";
            }
            Event::Start(element) => place.begin(&element)?,
            Event::End(element) if in_data => match element.local_name().as_ref() {
                "sheetData" => return Ok(survey),
                "row" => {
                    survey.hidden_rows += u64::from(place.row_hidden && place.row_has_cells);
                    survey.has_cells |= place.row_has_cells;
                }
                "v" => place.end_value()?,
                "t" => place.inside = false,
                _ => {}
            },
            Event::Text(text) if place.inside => place.piece(text.as_ref())?,
            Event::CData(_) | Event::GeneralRef(_) if place.inside => place.piece("&")?,
            Event::Eof => return Err(WorkbookError::damaged("the sheet ends early")),
            _ => {}
        }
    }
}

impl Position {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        match element.local_name().as_ref() {
            "row" => self.begin_row(element),
            "c" => self.begin_cell(element),
            "v" | "t" => {
                (self.inside, self.pieces) = (true, 0);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        let row = match attribute(element, "r")? {
            Some(text) => number(&text).ok_or_else(|| not_a_place(&text))?,
            None => self.row + 1,
        };
        if row <= self.row {
            return Err(WorkbookError::damaged(format!("row {row} follows row {}", self.row)));
        }
        if row > ROWS_MAX {
            return Err(WorkbookError::TooManyRows);
        }
        let hidden = attribute(element, "hidden")?;
        self.row = row;
        self.row_hidden = hidden.is_some_and(|hidden| hidden == "1" || hidden == "true");
        self.row_has_cells = false;
        Ok(())
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
        if let Some(text) = attribute(element, "r")? {
            let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
            let fits = (1..=COLUMN_LETTERS_MAX).contains(&letters);
            if !fits || number(&text[letters..]) != Some(self.row) {
                return Err(not_a_place(&text));
            }
        }
        self.shared = attribute(element, "t")?.is_some_and(|kind| kind == "s");
        Ok(())
    }

    fn piece(&mut self, text: &str) -> Result<(), WorkbookError> {
        self.pieces += 1;
        self.row_has_cells = true;
        if self.shared && !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WorkbookError::damaged("the number of a shared text is no number"));
        }
        Ok(())
    }

    fn end_value(&mut self) -> Result<(), WorkbookError> {
        self.inside = false;
        if self.shared && self.pieces > 1 {
            return Err(WorkbookError::damaged("the number of a shared text is in pieces"));
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn not_a_place(text: &str) -> WorkbookError {
    WorkbookError::damaged(format!("`{}` is no place here", text.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surveyed(rows: &str) -> Result<SheetSurvey, WorkbookError> {
        let text = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let mut xml = Reader::from_str(&text);
        xml.config_mut().expand_empty_elements = true;
        survey(&mut xml)
    }

    #[test]
    fn hidden_rows_count_when_they_hold_something() {
        let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row>
            <row r="3" hidden="1"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row>
            <row hidden="true"><c><v>2</v></c><c><v>2</v></c></row>
            <row r="9" hidden="1"><c r="A9" s="1"/></row>"#;
        assert_eq!(surveyed(rows).unwrap(), SheetSurvey { hidden_rows: 2, has_cells: true });
        let bare = r#"<row r="1"><c r="A1" s="3"/><c r="B1" t="s"><v></v></c></row>"#;
        assert_eq!(surveyed(bare).unwrap(), SheetSurvey::default());
    }

    #[test]
    fn what_calamine_would_take_for_something_else_is_damage() {
        let damaged = [
            r#"<row r="2"></row><row r="1"></row>"#,
            r#"<row r="x"></row>"#,
            r#"<row r="1"><c r="A2"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="ABCD1"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="1"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="s"><v>x</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="s"><v>1<!-- -->2</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="s"><v>&#49;</v></c></row>"#,
            r#"<row r="1"><c r="A1"><v>1</c></row>"#,
        ];
        for rows in damaged {
            let error = surveyed(rows).unwrap_err();
            assert!(matches!(error, WorkbookError::Damaged(_)), "{rows}: {error}");
        }
        let far = surveyed(r#"<row r="1048577"></row>"#).unwrap_err();
        assert!(matches!(far, WorkbookError::TooManyRows), "{far}");
    }
}
