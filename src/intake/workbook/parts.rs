//! Which part of an `.xlsx` holds which sheet.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::WorkbookError;
use super::bounds::{SHEETS_MAX, STYLE_ELEMENTS_MAX, TEXTS_BYTES_MAX};
use super::package::{Package, attribute, each_element};
use super::texts::{check_elements, check_texts};

#[derive(Debug)]
pub(super) struct SheetPart {
    pub(super) name: String,
    pub(super) visible: bool,
    pub(super) path: String,
}

/// The worksheets in the order of their tabs. Charts and dialogues are left out.
pub(super) fn sheet_parts<R: Read + Seek>(
    package: &mut Package<R>,
) -> Result<Vec<SheetPart>, WorkbookError> {
    let book = workbook_path(package)?;
    let (folder, file) = match book.rfind('/') {
        Some(at) => book.split_at(at + 1),
        None => ("", book.as_str()),
    };
    check_sizes(package, folder)?;
    let relations = required(package, &format!("{folder}_rels/{file}.rels"))?;
    let mut targets = HashMap::new();
    each_element(&relations, "Relationship", |element| {
        let kind = attribute(element, "Type")?.unwrap_or_default();
        if let (Some(id), Some(target)) = (attribute(element, "Id")?, attribute(element, "Target")?)
            && targets.insert(id, (target, kind)).is_some()
        {
            return Err(WorkbookError::damaged("two relations have the same ID"));
        }
        Ok(())
    })?;
    let mut sheets = Vec::new();
    each_element(&required(package, &book)?, "sheet", |element| {
        let (Some(name), Some(id)) = (attribute(element, "name")?, attribute(element, "id")?)
        else {
            return Err(WorkbookError::damaged("a sheet without a name or a part"));
        };
        let state = attribute(element, "state")?;
        let visible = state.is_none_or(|state| state == "visible");
        let Some((target, kind)) = targets.get(&id) else {
            return Err(WorkbookError::damaged("a sheet's part is not among the relations"));
        };
        if kind.ends_with("/worksheet") {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("{folder}{target}"),
            };
            if sheets.len() == SHEETS_MAX {
                return Err(WorkbookError::TooManySheets);
            }
            sheets.push(SheetPart { name, visible, path });
        }
        Ok(())
    })?;
    Ok(sheets)
}

/// The workbook's part, as the package's own relations name it.
fn workbook_path<R: Read + Seek>(package: &mut Package<R>) -> Result<String, WorkbookError> {
    let mut found = Vec::new();
    each_element(&required(package, "_rels/.rels")?, "Relationship", |element| {
        let kind = attribute(element, "Type")?.unwrap_or_default();
        if kind.ends_with("/relationships/officeDocument") {
            found.extend(attribute(element, "Target")?);
        }
        Ok(())
    })?;
    let [path] = found.as_slice() else {
        return Err(WorkbookError::damaged("not one workbook in the package"));
    };
    if !package.text("[Content_Types].xml")?.is_some_and(|types| types.contains("spreadsheetml")) {
        return Err(WorkbookError::NotAWorkbook {
            what: "a document of another program",
            remedy: "take a spreadsheet",
        });
    }
    Ok(path.strip_prefix('/').unwrap_or(path).to_owned())
}

/// What calamine reads as a whole: before it does.
fn check_sizes<R: Read + Seek>(
    package: &mut Package<R>,
    folder: &str,
) -> Result<(), WorkbookError> {
    let texts = format!("{folder}sharedStrings.xml");
    if package.has(&texts) {
        check_texts(package.part(&texts)?, TEXTS_BYTES_MAX)?;
    }
    for name in ["styles.xml", "theme/theme1.xml"] {
        let part = format!("{folder}{name}");
        if package.has(&part) {
            check_elements(package.part(&part)?, STYLE_ELEMENTS_MAX)?;
        }
    }
    Ok(())
}

fn required<R: Read + Seek>(package: &mut Package<R>, name: &str) -> Result<String, WorkbookError> {
    let text = package.text(name)?;
    text.ok_or_else(|| WorkbookError::damaged(format!("no part `{name}`")))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// The parts of a workbook with these texts, styles and sheets.
    fn parts_of(texts: &str, styles: &str, sheets: &str) -> Result<usize, WorkbookError> {
        let book = "http://x/relationships/officeDocument";
        let sheet = "<Relationship Id=\"a\" Type=\"http://x/worksheet\" Target=\"a.xml\"/>";
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [
            ("[Content_Types].xml", "<Types>spreadsheetml</Types>".to_owned()),
            (
                "_rels/.rels",
                format!("<r><Relationship Type=\"{book}\" Target=\"xl/workbook.xml\"/></r>"),
            ),
            ("xl/_rels/workbook.xml.rels", format!("<r>{sheet}</r>")),
            ("xl/workbook.xml", format!("<w>{sheets}</w>")),
            ("xl/sharedStrings.xml", texts.to_owned()),
            ("xl/styles.xml", styles.to_owned()),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        sheet_parts(&mut Package::open(Cursor::new(bytes))?).map(|sheets| sheets.len())
    }

    #[test]
    fn what_calamine_would_read_as_a_whole_is_counted_before_it_does() {
        let (sheet, texts) = ("<sheet name=\"A\" r:id=\"a\"/>", "<sst><si><t>x</t></si></sst>");
        assert_eq!(parts_of(texts, "<s/>", sheet).unwrap(), 1);
        let announced = "<sst uniqueCount=\"60000000\"/>";
        assert!(matches!(parts_of(announced, "<s/>", sheet), Err(WorkbookError::TooManyTexts)));
        let formats = format!("<s>{}</s>", "<b/>".repeat(1_000_001));
        assert!(matches!(parts_of(texts, &formats, sheet), Err(WorkbookError::TooLarge)));
        let sheets = sheet.repeat(SHEETS_MAX + 1);
        assert!(matches!(parts_of(texts, "<s/>", &sheets), Err(WorkbookError::TooManySheets)));
    }
}
