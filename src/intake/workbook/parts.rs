//! Which part of an `.xlsx` holds which sheet.

use std::collections::HashMap;
use std::io::{Read, Seek};

use quick_xml::events::Event;

use super::WorkbookError;
use super::package::{Package, attribute, each_element};

/// Most texts that the table of shared texts may announce, since calamine makes room for that many
/// before it reads the first: 32 columns in every row.
const TEXTS_MAX: u64 = 32 * super::rows::ROWS_MAX;

/// A sheet and its part.
#[derive(Debug)]
pub(super) struct SheetPart {
    /// Name on the tab.
    pub(super) name: String,
    /// Whether the tab shows.
    pub(super) visible: bool,
    /// Path of its part in the zip.
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
    check_shared_texts(package, &format!("{folder}sharedStrings.xml"))?;
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

fn check_shared_texts<R: Read + Seek>(
    package: &mut Package<R>,
    path: &str,
) -> Result<(), WorkbookError> {
    if !package.has(path) {
        return Ok(());
    }
    let mut xml = package.part(path)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(element) => {
                let count = attribute(&element, "uniqueCount")?.unwrap_or_default();
                return match count.parse::<u64>() {
                    Ok(count) if count > TEXTS_MAX => Err(WorkbookError::TooLarge),
                    _ => Ok(()),
                };
            }
            Event::Eof => return Err(WorkbookError::damaged("no shared texts in their part")),
            _ => {}
        }
    }
}

fn required<R: Read + Seek>(package: &mut Package<R>, name: &str) -> Result<String, WorkbookError> {
    let text = package.text(name)?;
    text.ok_or_else(|| WorkbookError::damaged(format!("no part `{name}`")))
}
