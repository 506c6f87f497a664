//! What calamine builds in memory before it gives the first cell, counted before it does.
//!
//! Each shared text becomes an entry of a list, also an empty one: a file of 200 KB can hold sixty
//! million of them. Formats of cells are as small in the file and larger in memory.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::WorkbookError;
use super::package::attribute;

/// What an entry takes in memory beside its text, in a list that is made larger by doubling it.
const TEXT_BYTES: u64 = 48;

/// Refuses shared texts that would take more than `bytes_max`, by what they announce and by what
/// they are.
pub(super) fn check_texts(
    mut xml: Reader<impl BufRead>,
    bytes_max: u64,
) -> Result<(), WorkbookError> {
    let mut buffer = Vec::new();
    let (mut bytes, mut began) = (0_u64, false);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(element) if !began => {
                began = true;
                // calamine makes room for that many before it reads the first.
                let count = attribute(&element, "uniqueCount")?.unwrap_or_default();
                let count: u64 = count.parse().unwrap_or_default();
                if count.saturating_mul(TEXT_BYTES) > bytes_max {
                    return Err(WorkbookError::TooManyTexts);
                }
            }
            Event::Start(element) if element.local_name().as_ref() == "si" => bytes += TEXT_BYTES,
            Event::Text(text) => bytes += text.len() as u64,
            Event::CData(text) => bytes += text.len() as u64,
            Event::Eof if began => return Ok(()),
            Event::Eof => return Err(WorkbookError::damaged("no shared texts in their part")),
            _ => {}
        }
        if bytes > bytes_max {
            return Err(WorkbookError::TooManyTexts);
        }
    }
}

/// Refuses a part of more than `elements_max` elements.
pub(super) fn check_elements(
    mut xml: Reader<impl BufRead>,
    elements_max: u64,
) -> Result<(), WorkbookError> {
    let mut buffer = Vec::new();
    let mut elements = 0;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(_) => elements += 1,
            Event::Eof => return Ok(()),
            _ => {}
        }
        if elements > elements_max {
            return Err(WorkbookError::TooLarge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bounds::TEXTS_BYTES_MAX;
    use super::*;

    fn xml(text: &str) -> Reader<&[u8]> {
        let mut xml = Reader::from_reader(text.as_bytes());
        xml.config_mut().expand_empty_elements = true;
        xml
    }

    fn is_refused(text: &str, bytes_max: u64) -> bool {
        matches!(check_texts(xml(text), bytes_max), Err(WorkbookError::TooManyTexts))
    }

    #[test]
    fn empty_texts_count_and_so_do_bytes_and_what_is_announced() {
        let texts = |one: &str, count: usize| format!("<sst>{}</sst>", one.repeat(count));
        for empty in ["<si/>", "<si><t/></si>", "<x:si><x:t></x:t></x:si>"] {
            assert!(!is_refused(&texts(empty, 20), 960), "{empty}");
            assert!(is_refused(&texts(empty, 21), 960), "{empty}");
        }
        assert!(is_refused(&texts(&format!("<si><t>{}</t></si>", "x".repeat(960)), 1), 960));
        assert!(is_refused(
            &texts(&format!("<si><t><![CDATA[{}]]></t></si>", "x".repeat(960)), 1),
            960
        ));
        assert!(is_refused("<sst uniqueCount=\"60000000\"><si/></sst>", TEXTS_BYTES_MAX));
        assert!(!is_refused("<sst uniqueCount=\"7000000\"><si/></sst>", TEXTS_BYTES_MAX));
    }

    #[test]
    fn formats_are_counted_however_small_they_are() {
        let styles = format!("<s>{}</s>", "<font/>".repeat(9));
        assert!(check_elements(xml(&styles), 10).is_ok());
        assert!(matches!(check_elements(xml(&styles), 9), Err(WorkbookError::TooLarge)));
    }
}
