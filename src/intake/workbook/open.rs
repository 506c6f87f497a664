//! Opens a workbook and chooses the sheet.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Range, Reader as _, SheetType, SheetVisible, Xls, XlsError, Xlsx, XlsxError};

use super::bounds::{ROWS_MAX, SHEETS_MAX, XLS_BYTES_MAX};
use super::choice::{Candidate, chosen};
use super::kind::{Container, HEAD_BYTES, container};
use super::package::{Package, PackageKind};
use super::parts::sheet_parts;
use super::rows::{OdsRows, SheetSource, XlsRows, XlsxRows, xlsx_error};
use super::tables::Tables;
use super::worksheet::survey;
use super::{Rows, SheetCell, WorkbookError};

/// An open workbook whose sheet is chosen.
pub(in crate::intake) struct Workbook<R> {
    name: String,
    hidden_rows: Option<u64>,
    book: Book<R>,
}

#[expect(clippy::large_enum_variant, reason = "there is one of it for each file")]
enum Book<R> {
    Xlsx(Xlsx<R>),
    /// The package, and the index of the table.
    Ods(Package<R>, usize),
    Xls(Range<Data>),
}

impl<R: Read + Seek> Workbook<R> {
    /// Looks through the workbook. `wanted` is the `--sheet` option; without it the only visible
    /// sheet with a value in some cell is taken.
    pub(in crate::intake) fn open(
        mut input: R,
        wanted: Option<&str>,
    ) -> Result<Self, WorkbookError> {
        input.seek(SeekFrom::Start(0)).map_err(WorkbookError::Unreadable)?;
        let mut head = Vec::new();
        let mut first = (&mut input).take(HEAD_BYTES as u64);
        first.read_to_end(&mut head).map_err(WorkbookError::Unreadable)?;
        match container(&head)? {
            Container::Zip => {
                let mut package = Package::open(input)?;
                match package.kind()? {
                    PackageKind::Xlsx => Self::open_xlsx(package, wanted),
                    PackageKind::Ods => Self::open_ods(package, wanted),
                }
            }
            Container::Compound => Self::open_xls(input, wanted),
        }
    }

    /// Name of the chosen sheet, not escaped.
    pub(in crate::intake) fn name(&self) -> &str {
        &self.name
    }

    /// Rows with a value that a filter or a person has hidden; none where that is not known, as of
    /// an `.xls`.
    pub(in crate::intake) fn hidden_rows(&self) -> Option<u64> {
        self.hidden_rows
    }

    /// The rows from the first one on.
    pub(in crate::intake) fn rows(&mut self) -> Result<Rows<'_, R>, WorkbookError> {
        Ok(Rows(match &mut self.book {
            Book::Xlsx(book) => {
                let cells = book.worksheet_cells_reader(&self.name).map_err(xlsx_error)?;
                SheetSource::Xlsx(XlsxRows::new(cells))
            }
            Book::Ods(package, index) => {
                let mut tables = Tables::new(package.part("content.xml")?);
                let mut held = Vec::new();
                for _ in 0..*index {
                    tables.next_table()?;
                    while tables.next_row(&mut held)?.is_some() {}
                }
                tables.next_table()?;
                SheetSource::Ods(OdsRows::new(tables))
            }
            Book::Xls(range) => SheetSource::Xls(XlsRows::new(range)),
        }))
    }

    fn open_xlsx(mut package: Package<R>, wanted: Option<&str>) -> Result<Self, WorkbookError> {
        let parts = sheet_parts(&mut package)?;
        let mut surveys = Vec::new();
        let mut candidates = Vec::new();
        for part in &parts {
            // A sheet that cannot be meant may be as it likes.
            let meant = wanted.map_or(part.visible, |wanted| wanted == part.name);
            let survey =
                if meant { survey(&mut package.part(&part.path)?)? } else { <_>::default() };
            candidates.push(Candidate {
                name: part.name.clone(),
                visible: part.visible,
                has_cells: survey.has_cells,
            });
            surveys.push(survey);
        }
        let index = chosen(&candidates, wanted)?;
        let book = Xlsx::new(package.into_inner()).map_err(xlsx_error)?;
        let name = candidates.swap_remove(index).name;
        if book.sheet_names().iter().filter(|other| **other == name).count() != 1 {
            return Err(WorkbookError::damaged("the sheet cannot be found by its name"));
        }
        Ok(Self { name, hidden_rows: Some(surveys[index].hidden_rows), book: Book::Xlsx(book) })
    }

    fn open_ods(mut package: Package<R>, wanted: Option<&str>) -> Result<Self, WorkbookError> {
        let manifest = package.text("META-INF/manifest.xml")?.unwrap_or_default();
        if manifest.contains(":encryption-data") {
            return Err(WorkbookError::Protected);
        }
        let mut candidates = Vec::new();
        let mut hidden = Vec::new();
        let mut tables = Tables::new(package.part("content.xml")?);
        let mut cells: Vec<SheetCell> = Vec::new();
        while let Some(table) = tables.next_table()? {
            let (mut has_cells, mut hidden_rows) = (false, 0_u64);
            while let Some(row) = tables.next_row(&mut cells)? {
                has_cells |= !cells.is_empty();
                if row.hidden && !cells.is_empty() {
                    hidden_rows = hidden_rows.saturating_add(row.repeat.min(ROWS_MAX));
                }
            }
            if candidates.len() == SHEETS_MAX {
                return Err(WorkbookError::TooManySheets);
            }
            candidates.push(Candidate { name: table.name, visible: table.visible, has_cells });
            hidden.push(hidden_rows);
        }
        drop(tables);
        let index = chosen(&candidates, wanted)?;
        let name = candidates.swap_remove(index).name;
        Ok(Self { name, hidden_rows: Some(hidden[index]), book: Book::Ods(package, index) })
    }

    fn open_xls(mut input: R, wanted: Option<&str>) -> Result<Self, WorkbookError> {
        let bytes = input.seek(SeekFrom::End(0)).map_err(WorkbookError::Unreadable)?;
        if bytes > XLS_BYTES_MAX {
            return Err(WorkbookError::XlsTooLarge);
        }
        input.seek(SeekFrom::Start(0)).map_err(WorkbookError::Unreadable)?;
        let mut content = Vec::new();
        input.read_to_end(&mut content).map_err(WorkbookError::Unreadable)?;
        let (name, range) = guarded(|| {
            // An encrypted `.xlsx` is in an `.xls`. One kind of source: one reader is compiled.
            if let Err(XlsxError::Password) = Xlsx::new(input) {
                return Err(WorkbookError::Protected);
            }
            read_xls(&content, wanted)
        })?;
        Ok(Self { name, hidden_rows: None, book: Book::Xls(range) })
    }
}

/// calamine 0.38 indexes out of bounds at some places of a damaged `.xls` (its allocation table,
/// the offsets of its sheets, merged cells). Nothing is shared with what it leaves behind.
fn guarded<T>(read: impl FnOnce() -> Result<T, WorkbookError>) -> Result<T, WorkbookError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(WorkbookError::damaged("its inner tables contradict each other")))
}

fn read_xls(content: &[u8], wanted: Option<&str>) -> Result<(String, Range<Data>), WorkbookError> {
    let mut book = match Xls::new(io::Cursor::new(content)) {
        Err(XlsError::Password) => return Err(WorkbookError::Protected),
        book => book.map_err(WorkbookError::damaged)?,
    };
    let sheets = book.sheets_metadata().to_vec();
    let mut candidates = Vec::new();
    for sheet in sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let range = book.worksheet_range(&sheet.name).map_err(WorkbookError::damaged)?;
        candidates.push(Candidate {
            name: sheet.name,
            visible: sheet.visible == SheetVisible::Visible,
            has_cells: range.used_cells().next().is_some(),
        });
    }
    let index = chosen(&candidates, wanted)?;
    let name = candidates.swap_remove(index).name;
    let range = book.worksheet_range(&name).map_err(WorkbookError::damaged)?;
    Ok((name, range))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const XLSX: &[u8] = include_bytes!("../../../tests/it/data/fleet.xlsx");
    const XLS: &[u8] = include_bytes!("../../../tests/it/data/fleet.xls");
    const ODS: &[u8] = include_bytes!("../../../tests/it/data/fleet.ods");
    const SEVERAL: &[u8] = include_bytes!("../../../tests/it/data/several.xlsx");
    const PROTECTED: &[u8] = include_bytes!("../../../tests/it/data/protected.xlsx");

    type Listed = Vec<(u64, Vec<SheetCell>)>;

    fn listed(bytes: &[u8], wanted: Option<&str>) -> Result<(u64, Listed), WorkbookError> {
        let mut book = Workbook::open(Cursor::new(bytes), wanted)?;
        let hidden = book.hidden_rows().unwrap_or_default();
        let (mut rows, mut cells, mut found) = (book.rows()?, Vec::new(), Vec::new());
        while let Some(row) = rows.next_row(&mut cells)? {
            found.push((row, cells.clone()));
        }
        Ok((hidden, found))
    }

    fn message(bytes: &[u8], wanted: Option<&str>) -> String {
        listed(bytes, wanted).unwrap_err().to_string()
    }

    fn hint(bytes: &[u8]) -> String {
        listed(bytes, None).unwrap_err().hint().to_text(str::to_owned)
    }

    fn texts(texts: &[&str]) -> Vec<SheetCell> {
        texts.iter().map(|text| SheetCell::text((*text).to_owned())).collect()
    }

    fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// An `.ods` with these children of `office:spreadsheet`.
    fn ods(sheets: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:automatic-styles><style:style style:name=\"h\">\
             <style:table-properties table:display=\"false\"/></style:style>\
             </office:automatic-styles><office:body><office:spreadsheet>{sheets}\
             </office:spreadsheet></office:body></office:document-content>"
        );
        zipped(&[
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", &content),
        ])
    }

    #[test]
    fn the_three_kinds_hold_the_same_rows() {
        let wanted = [
            texts(&["Device ID", "Device Name", "OS Platform", "Onboarding Status"]),
            texts(&[
                "0123456789abcdef0123456789abcdef01234567",
                "pc-0001.example.org",
                "Windows11",
                "Onboarded",
            ]),
            texts(&[
                "89abcdef0123456789abcdef0123456789abcdef",
                "pc-0002.example.org",
                "Windows10",
                "Onboarded",
            ]),
        ];
        let wanted: Listed = (1..).zip(wanted).collect();
        for bytes in [XLSX, XLS, ODS] {
            assert_eq!(listed(bytes, None).unwrap(), (0, wanted.clone()));
            assert_eq!(listed(bytes, Some("Devices")).unwrap().1, wanted);
            let missing = message(bytes, Some("devices"));
            assert!(missing.contains("no sheet `devices`; it has `Devices`"), "{missing}");
        }
    }

    #[test]
    fn hidden_and_empty_sheets_are_no_candidates() {
        assert_eq!(message(SEVERAL, None), "the workbook has several sheets: `Devices`, `Notes`");
        assert_eq!(listed(SEVERAL, Some("Empty")).unwrap(), (0, Vec::new()));
        assert_eq!(listed(SEVERAL, Some("Old")).unwrap().1.len(), 2);
        let (_, notes) = listed(SEVERAL, Some("Notes")).unwrap();
        assert_eq!(notes, [(3, texts(&["", "", "a note"]))]);
    }

    #[test]
    fn spoiled_numbers_and_hidden_rows_are_told() {
        let (hidden, rows) = listed(SEVERAL, Some("Devices")).unwrap();
        assert_eq!((hidden, rows.len()), (1, 4));
        let number = |text: &str| SheetCell::Number(text.to_owned());
        let other = |text: &str| SheetCell::Other(text.to_owned());
        let wanted = [
            number("1.23457E+39"),
            number("3"),
            number("2.5"),
            other("2026-01-31"),
            other("TRUE"),
            SheetCell::Empty,
            other("#N/A"),
        ];
        assert_eq!(rows[3].1, wanted, "F4 and H4 are formulas without a stored value");
    }

    #[test]
    fn what_is_no_workbook_is_named() {
        let protected = message(PROTECTED, None);
        assert!(protected.contains("protected with a password"), "{protected}");
        assert!(hint(b"Device ID\n").contains("rename it so that it ends in .csv"));
        assert!(message(&zipped(&[("a.csv", "x")]), None).contains("this is a zip archive"));
        let binary = zipped(&[("xl/workbook.bin", "x"), ("_rels/.rels", "<x/>")]);
        assert!(hint(&binary).contains("save it as .xlsx"));
        let text = zipped(&[("mimetype", "application/vnd.oasis.opendocument.text")]);
        assert!(message(&text, None).contains("a document of another program"));
    }

    #[test]
    fn a_table_of_a_million_empty_rows_costs_nothing() {
        let book = ods(concat!(
            r#"<table:table table:name="A"><table:table-column/>"#,
            r#"<table:table-row table:number-rows-repeated="4"><table:table-cell "#,
            r#"table:number-columns-repeated="16384"/></table:table-row>"#,
            r#"<table:table-row table:number-rows-repeated="2" table:visibility="filter">"#,
            r#"<table:table-cell table:number-columns-repeated="2"/>"#,
            r#"<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>"#,
            r#"<text:span>&amp;b</text:span></text:p><office:annotation><text:p>note</text:p>"#,
            r#"</office:annotation><text:p>c</text:p></table:table-cell>"#,
            r#"<table:table-cell office:value-type="float" office:value="1.23456789E39">"#,
            r#"<text:p>1.23E+039</text:p></table:table-cell></table:table-row>"#,
            r#"<table:table-row table:number-rows-repeated="1048570"><table:table-cell/>"#,
            r#"</table:table-row></table:table>"#,
            r#"<table:table table:name="B" table:style-name="h"><table:table-row>"#,
            r#"<table:table-cell office:value-type="boolean" office:boolean-value="false"/>"#,
            r#"</table:table-row></table:table>"#,
        ));
        let mut row = texts(&["", "", "a  &b\nc"]);
        row.push(SheetCell::Number("1.23457E+39".to_owned()));
        assert_eq!(listed(&book, None).unwrap(), (2, vec![(5, row.clone()), (6, row)]));
        let (_, hidden) = listed(&book, Some("B")).unwrap();
        assert_eq!(hidden, [(1, vec![SheetCell::Other("FALSE".to_owned())])]);
    }

    #[test]
    fn bombs_are_refused() {
        let row = |cell: &str, repeat: &str| {
            ods(&format!(
                "<table:table table:name=\"A\"><table:table-row \
                 table:number-rows-repeated=\"{repeat}\">{cell}</table:table-row></table:table>"
            ))
        };
        let cell = "<table:table-cell office:value-type=\"string\"><text:p>x</text:p>";
        let closed = format!("{cell}</table:table-cell>");
        assert!(message(&row(&closed, "1048577"), None).contains("more than 1048576 rows"));
        let max = u64::MAX.to_string();
        assert!(message(&row(&closed, &max), None).contains("more than 1048576 rows"));
        let wide =
            closed.replace("cell office", "cell table:number-columns-repeated=\"999999\" office");
        assert!(message(&row(&wide, "1"), None).contains("row 1 has more than 256 columns"));
        let long = format!("{cell}<text:p><text:s text:c=\"{max}\"/></text:p></table:table-cell>");
        assert!(message(&row(&long, "1"), None).contains("row 1, column 1: a cell of more than"));
        let many = ods(&"<table:table table:name=\"A\"/>".repeat(SHEETS_MAX + 1));
        assert!(message(&many, None).contains("more than 10000 sheets"));
        let mut parts = zipped(&[("mimetype", "x")]);
        let end = parts.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
        parts[end + 10..end + 12].copy_from_slice(&u16::MAX.to_le_bytes());
        assert!(message(&parts, None).contains("more than 20000 parts"));
        let mut bomb = zipped(&[("mimetype", "x"), ("content.xml", "y")]);
        // The size that the directory declares for the last part: four bytes of `0xFF`-like size.
        let entry = bomb.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
        bomb[entry + 24..entry + 28].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
        assert!(listed(&bomb, None).is_err());
    }

    #[test]
    fn damage_never_panics_and_never_gives_another_row() {
        for good in [XLSX, ODS, XLS] {
            let (_, wanted) = listed(good, None).unwrap();
            for at in 0..good.len() {
                // The zip's checksums leave no byte of a row unguarded; an `.xls` has none, so
                // there only the panics count, and of those only the first part.
                if good == XLS && at % 16 != 8 {
                    continue;
                }
                let mut bytes = good.to_vec();
                bytes[at] ^= 0x11;
                if let Ok((_, rows)) = listed(&bytes, None)
                    && good != XLS
                {
                    assert_eq!(rows, wanted, "byte {at}");
                }
            }
            for end in (0..good.len()).step_by(97) {
                // The end of an `.xls` is padding.
                match listed(&good[..end], None) {
                    Ok((_, rows)) => assert!(good == XLS && rows == wanted, "cut at {end}"),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
        }
    }
}
