//! What kind of file this is, by its first bytes and never by its name.

use super::WorkbookError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// `.xlsx`, `.ods`, or any other zip.
    Zip,
    /// `.xls`, an encrypted `.xlsx`, or any other file of old Office.
    Compound,
}

/// Bytes that are enough to tell.
pub(super) const HEAD_BYTES: usize = 1024;

/// The container by the file's first bytes, or what the file is instead.
pub(super) fn container(head: &[u8]) -> Result<Container, WorkbookError> {
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Container::Zip);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Container::Compound);
    }
    let text: String = String::from_utf8_lossy(head).to_ascii_lowercase();
    let begins = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    let has = |word| text.contains(word);
    let is_text =
        !head.contains(&0) || head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let (what, remedy) = if head.is_empty() {
        ("an empty file", "take another")
    } else if begins.starts_with("<?xml") && has("opendocument") {
        ("a flat OpenDocument file", "save it as .ods")
    } else if begins.starts_with("<?xml") || has("urn:schemas-microsoft-com:office:spreadsheet") {
        ("XML", "open it in Excel and save it as .xlsx")
    } else if begins.starts_with('<') && (has("<html") || has("<table") || has("<!doctype")) {
        ("an HTML page", "open it in Excel and save it as .xlsx")
    } else if is_text {
        ("text", "if it is CSV, rename it so that it ends in .csv")
    } else {
        ("another kind of file", "take the workbook or a CSV export")
    };
    Err(WorkbookError::NotAWorkbook { what, remedy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        assert_eq!(container(b"PK\x03\x04..").unwrap(), Container::Zip);
        let old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....";
        assert_eq!(container(old).unwrap(), Container::Compound);
        let cases: [(&[u8], &str); 7] = [
            (b"", "this is an empty file"),
            (b"Device ID,Device Name\r\n", "this is text, not a workbook"),
            (b"\xFF\xFED\0e\0v\0", "this is text"),
            (b"\xEF\xBB\xBF\n<html><table>", "this is an HTML page"),
            (b"<?xml version=\"1.0\"?><Workbook>", "this is XML"),
            (b"\x7FELF\x02\0\0", "this is another kind of file"),
            (b"<?xml?><office:document x=\"oasis:opendocument\">", "this is a flat OpenDocument"),
        ];
        for (head, wanted) in cases {
            let message = container(head).unwrap_err().to_string();
            assert!(message.starts_with(wanted), "{message}");
        }
    }
}
