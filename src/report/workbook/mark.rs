//! By what a workbook is known as a report of this program that nobody has changed since.
//!
//! Its properties name the form of the report, and say twice when it was made: as when it was
//! created, and as when it was last saved. Who edits and saves it in Excel or `LibreOffice` changes
//! the second: then it is a person's work, and is not replaced without `--force`.

use std::io::{Read, Seek};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, XlsxError};

use crate::domain::Timestamp;
use crate::intake::workbook_part;

const AUTHOR: &str = "mde-offboard";
const FORM: &str = "mde-offboard.report/1";

/// The part of a workbook that says who made it.
const PROPERTIES: &str = "docProps/core.xml";

pub(super) fn properties(title: &str, at: Timestamp) -> Result<DocProperties, XlsxError> {
    let seconds = at.as_micros().div_euclid(1_000_000);
    Ok(DocProperties::new()
        .set_title(title)
        .set_subject(FORM)
        .set_author(AUTHOR)
        .set_creation_datetime(&ExcelDateTime::from_timestamp(seconds)?))
}

/// Whether this is a workbook that [`super::WorkbookReport`] wrote, as it was written.
pub fn is_workbook_report(file: impl Read + Seek) -> bool {
    workbook_part(file, PROPERTIES).is_some_and(|xml| is_marked(&xml))
}

fn is_marked(xml: &str) -> bool {
    let created = content(xml, "dcterms:created");
    content(xml, "dc:subject") == Some(FORM)
        && content(xml, "dc:creator") == Some(AUTHOR)
        && content(xml, "cp:lastModifiedBy") == Some(AUTHOR)
        && created.is_some()
        && created == content(xml, "dcterms:modified")
}

/// What stands in the only element of that name, where nothing in it is escaped.
fn content<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = xml.split_once(&format!("<{name}"))?;
    let (_, inside) = behind.split_once('>')?;
    let (text, _) = inside.split_once(&format!("</{name}>"))?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_that_was_saved_again_is_a_persons() {
        let xml = |modified: &str, by: &str| {
            format!(
                "<cp:coreProperties><dc:title>x</dc:title><dc:subject>{FORM}</dc:subject>\
                 <dc:creator>{AUTHOR}</dc:creator><cp:lastModifiedBy>{by}</cp:lastModifiedBy>\
                 <dcterms:created xsi:type=\"dcterms:W3CDTF\">2026-11-27T15:00:00Z\
                 </dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">{modified}\
                 </dcterms:modified></cp:coreProperties>"
            )
        };
        assert!(is_marked(&xml("2026-11-27T15:00:00Z", AUTHOR)));
        assert!(!is_marked(&xml("2026-11-27T15:00:01Z", AUTHOR)));
        assert!(!is_marked(&xml("2026-11-27T15:00:00Z", "Ada")));
        assert!(!is_marked("<cp:coreProperties/>"));
    }
}
