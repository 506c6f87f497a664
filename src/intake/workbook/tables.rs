//! Reads the tables of an `.ods` from its one part of XML, without building them in memory.
//!
//! An empty sheet may say that its last row is repeated a million times, so repeats are counted
//! here and never unfolded. Notes, drawings, nested tables and the record of changes hold texts
//! too; only the paragraphs of a cell are its text.

use std::collections::HashSet;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::bounds::SHEETS_MAX;
use super::package::attribute;
use super::{SheetCell, WorkbookError};
use crate::intake::{CELL_BYTES_MAX, COLUMNS_MAX};

#[derive(Debug)]
pub(super) struct TableHead {
    pub(super) name: String,
    pub(super) visible: bool,
}

/// What is known of a row beside its cells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TableRow {
    /// How many rows it stands for.
    pub(super) repeat: u64,
    /// Filtered away, hidden by hand, or folded in.
    pub(super) hidden: bool,
    /// A cell with a value lies beyond [`COLUMNS_MAX`].
    pub(super) too_wide: bool,
    /// Column, from 1, of a cell beyond [`CELL_BYTES_MAX`].
    pub(super) too_long: Option<usize>,
}

pub(super) struct Tables<B> {
    xml: Reader<B>,
    buffer: Vec<u8>,
    skipped: Vec<u8>,
    depth: usize,
    /// Depth of `office:spreadsheet`, whose children alone are sheets.
    sheets_depth: Option<usize>,
    style: Option<String>,
    hidden_styles: HashSet<String>,
    /// Open groups of rows, and whether each is folded in.
    groups: Vec<bool>,
}

impl<B: BufRead> Tables<B> {
    /// `xml` is `content.xml`; it has to expand empty elements.
    pub(super) fn new(xml: Reader<B>) -> Self {
        Self {
            xml,
            buffer: Vec::new(),
            skipped: Vec::new(),
            depth: 0,
            sheets_depth: None,
            style: None,
            hidden_styles: HashSet::new(),
            groups: Vec::new(),
        }
    }

    /// Goes to the next table; `None` after the last one.
    pub(super) fn next_table(&mut self) -> Result<Option<TableHead>, WorkbookError> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(element) => {
                    self.depth += 1;
                    match element.name().as_ref() {
                        "office:spreadsheet" => self.sheets_depth = Some(self.depth),
                        "style:style" => self.style = attribute(&element, "style:name")?,
                        "style:table-properties"
                            if attribute(&element, "table:display")?.as_deref()
                                == Some("false") =>
                        {
                            self.hidden_styles.extend(self.style.take());
                            // Each sheet has one style.
                            if self.hidden_styles.len() > SHEETS_MAX {
                                return Err(WorkbookError::TooManySheets);
                            }
                        }
                        "table:table" if self.sheets_depth.map(|at| at + 1) == Some(self.depth) => {
                            let style = attribute(&element, "table:style-name")?;
                            let hidden =
                                style.is_some_and(|style| self.hidden_styles.contains(&style));
                            let name = attribute(&element, "table:name")?
                                .ok_or_else(|| WorkbookError::damaged("a sheet without a name"))?;
                            self.groups.clear();
                            return Ok(Some(TableHead { name, visible: !hidden }));
                        }
                        _ => {}
                    }
                }
                Event::End(_) => self.depth = self.depth.saturating_sub(1),
                Event::Eof if self.depth == 0 => return Ok(None),
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }

    /// Reads the next row of this table, without empty cells at its end; `None` after the last.
    pub(super) fn next_row(
        &mut self,
        cells: &mut Vec<SheetCell>,
    ) -> Result<Option<TableRow>, WorkbookError> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(element) => match element.name().as_ref() {
                    "table:table-row" => {
                        let mut row = TableRow {
                            repeat: repeat(&element, "table:number-rows-repeated")?,
                            ..TableRow::default()
                        };
                        let visibility = attribute(&element, "table:visibility")?;
                        row.hidden = self.groups.contains(&true)
                            || visibility.is_some_and(|how| how != "visible");
                        self.read_cells(&mut row, cells)?;
                        return Ok(Some(row));
                    }
                    "table:table-row-group" | "table:table-header-rows" | "table:table-rows" => {
                        self.depth += 1;
                        let display = attribute(&element, "table:display")?;
                        self.groups.push(display.as_deref() == Some("false"));
                    }
                    _ => {
                        let end = element.to_end();
                        self.xml.read_to_end_into(end.name(), &mut self.skipped)?;
                        self.skipped.clear();
                    }
                },
                Event::End(element) => {
                    self.depth = self.depth.saturating_sub(1);
                    if element.name().as_ref() == "table:table" {
                        return Ok(None);
                    }
                    self.groups.pop();
                }
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }

    fn read_cells(
        &mut self,
        row: &mut TableRow,
        cells: &mut Vec<SheetCell>,
    ) -> Result<(), WorkbookError> {
        cells.clear();
        // Columns so far, and those of them that are not in `cells` because they are empty.
        let mut columns: u64 = 0;
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(element) => match element.name().as_ref() {
                    "table:table-cell" | "table:covered-table-cell" => {
                        let repeat = repeat(&element, "table:number-columns-repeated")?;
                        let stored = Stored::of(&element)?;
                        let (text, cut) = self.read_text()?;
                        let cell = stored.cell(text)?;
                        let first = columns;
                        columns = columns.saturating_add(repeat);
                        if cell.is_empty() {
                            continue;
                        }
                        let within = |at: u64| usize::try_from(at).map(|at| at.min(COLUMNS_MAX));
                        row.too_wide |= columns > COLUMNS_MAX as u64;
                        let from = within(first).unwrap_or(COLUMNS_MAX);
                        if cut || cell.len() > CELL_BYTES_MAX {
                            row.too_long = row.too_long.or(Some(from + 1));
                        }
                        cells.resize(from, SheetCell::Empty);
                        cells.resize(within(columns).unwrap_or(COLUMNS_MAX), cell);
                    }
                    _ => {
                        let end = element.to_end();
                        self.xml.read_to_end_into(end.name(), &mut self.skipped)?;
                        self.skipped.clear();
                    }
                },
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }

    /// The paragraphs of a cell, up to its end, and whether they were cut at [`CELL_BYTES_MAX`].
    fn read_text(&mut self) -> Result<(String, bool), WorkbookError> {
        let mut text = Text::default();
        let mut level: usize = 0;
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(element) => {
                    let qname = element.name();
                    let name = qname.as_ref();
                    let belongs = match level {
                        0 => name == "text:p" || name == "text:h",
                        _ => name.starts_with("text:") && !UNSEEN.contains(&name),
                    };
                    if belongs {
                        text.begin(name, &element, level)?;
                        level += 1;
                    } else {
                        let end = element.to_end();
                        self.xml.read_to_end_into(end.name(), &mut self.skipped)?;
                        self.skipped.clear();
                    }
                }
                Event::End(_) if level == 0 => return Ok((text.so_far, text.cut)),
                Event::End(_) => level -= 1,
                Event::Text(piece) if level > 0 => text.push(&piece.xml10_content()),
                Event::CData(piece) if level > 0 => text.push(&piece.xml10_content()),
                Event::GeneralRef(piece) if level > 0 => text.push_reference(&piece)?,
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }
}

/// Texts inside a paragraph that are not part of it.
const UNSEEN: [&str; 2] = ["text:note", "text:ruby-text"];

#[derive(Default)]
struct Text {
    so_far: String,
    paragraphs: usize,
    cut: bool,
}

impl Text {
    fn begin(
        &mut self,
        name: &str,
        element: &BytesStart<'_>,
        level: usize,
    ) -> Result<(), WorkbookError> {
        match name {
            _ if level == 0 => {
                if self.paragraphs > 0 {
                    self.push("\n");
                }
                self.paragraphs += 1;
            }
            "text:s" => {
                let spaces = repeat(element, "text:c")?.min(CELL_BYTES_MAX as u64 + 1);
                for _ in 0..spaces {
                    self.push(" ");
                }
            }
            "text:tab" => self.push("\t"),
            "text:line-break" => self.push("\n"),
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, piece: &str) {
        if self.so_far.len() + piece.len() > CELL_BYTES_MAX {
            self.cut = true;
        } else {
            self.so_far.push_str(piece);
        }
    }

    fn push_reference(&mut self, reference: &BytesRef<'_>) -> Result<(), WorkbookError> {
        if let Some(text) = resolve_xml_entity(reference.as_ref()) {
            self.push(text);
        } else if let Some(c) = reference.resolve_char_ref()? {
            self.push(c.encode_utf8(&mut [0; 4]));
        } else {
            return Err(WorkbookError::damaged("an entity that XML does not have"));
        }
        Ok(())
    }
}

/// The attributes of a cell: its value, where it is not a text.
struct Stored {
    kind: Option<String>,
    value: Option<String>,
    is_error: bool,
}

impl Stored {
    fn of(element: &BytesStart<'_>) -> Result<Self, WorkbookError> {
        let kind = attribute(element, "office:value-type")?;
        let holder = match kind.as_deref() {
            Some("date") => "office:date-value",
            Some("time") => "office:time-value",
            Some("boolean") => "office:boolean-value",
            Some("string") => "office:string-value",
            _ => "office:value",
        };
        let value = attribute(element, holder)?;
        let shown = attribute(element, "calcext:value-type")?;
        Ok(Self { kind, value, is_error: shown.as_deref() == Some("error") })
    }

    fn cell(self, text: String) -> Result<SheetCell, WorkbookError> {
        if self.is_error {
            return Ok(SheetCell::Other(text));
        }
        let missing = || WorkbookError::damaged("a cell without its value");
        match self.kind.as_deref() {
            // Without a type the paragraphs are still what a person sees.
            None => Ok(SheetCell::text(text)),
            Some("string") => Ok(SheetCell::text(self.value.unwrap_or(text))),
            Some("float" | "percentage" | "currency") => {
                let value: f64 =
                    self.value.ok_or_else(missing)?.parse().map_err(
                        |error: std::num::ParseFloatError| WorkbookError::damaged(error),
                    )?;
                Ok(SheetCell::number(value))
            }
            Some("boolean") => Ok(SheetCell::bool(self.value.ok_or_else(missing)? == "true")),
            Some(_) => Ok(SheetCell::Other(self.value.ok_or_else(missing)?)),
        }
    }
}

fn repeat(element: &BytesStart<'_>, name: &str) -> Result<u64, WorkbookError> {
    match attribute(element, name)? {
        None => Ok(1),
        Some(text) => {
            text.parse().map_err(|error: std::num::ParseIntError| WorkbookError::damaged(error))
        }
    }
}

fn ends_early() -> WorkbookError {
    WorkbookError::damaged("the sheets end early")
}
