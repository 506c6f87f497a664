//! The zip around an `.xlsx` or `.ods`: how large it may be, and that no byte of it is damaged.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::WorkbookError;
use super::bounds::{PARTS_MAX, UNPACKED_BYTES_MAX};

/// Most bytes of a part that only describes the others.
const SMALL_PART_BYTES_MAX: u64 = 16 << 20;

pub(super) type PartReader<'a, R> = Reader<BufReader<ZipFile<'a, R>>>;

/// A workbook's kind, by what is in the zip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackageKind {
    /// Excel, since 2007.
    Xlsx,
    /// Open document, of `LibreOffice` and others.
    Ods,
}

/// An open package whose every part was read once.
pub(super) struct Package<R> {
    zip: ZipArchive<R>,
}

impl<R: Read + Seek> Package<R> {
    /// Unpacks everything once, into nothing: the sizes have to be true and the checksums right.
    ///
    /// The readers of the cells stop at the end of the last row, before the checksum, so they
    /// would not see a byte that was changed on the way.
    pub(super) fn open(mut input: R) -> Result<Self, WorkbookError> {
        check_parts(&mut input)?;
        let mut zip = ZipArchive::new(input)?;
        // The end that counts may be another one than the last that looks like one.
        if zip.len() > usize::from(PARTS_MAX) {
            return Err(WorkbookError::TooManyParts);
        }
        let mut names = HashSet::new();
        let mut left = UNPACKED_BYTES_MAX;
        for index in 0..zip.len() {
            let mut part = zip.by_index(index)?;
            let name = normal(part.name()?.as_ref());
            if part.is_dir() {
                continue;
            }
            // Two readers could each take another of two parts with the same name.
            if !names.insert(name) {
                return Err(WorkbookError::damaged("two parts have the same name"));
            }
            if part.size() > left {
                return Err(WorkbookError::TooLarge);
            }
            let unpacked = io::copy(&mut (&mut part).take(left + 1), &mut io::sink())
                .map_err(WorkbookError::damaged)?;
            left = left.checked_sub(unpacked).ok_or(WorkbookError::TooLarge)?;
        }
        Ok(Self { zip })
    }

    /// What the zip holds, if it is a workbook.
    pub(super) fn kind(&mut self) -> Result<PackageKind, WorkbookError> {
        if let Some(mime) = self.text("mimetype")? {
            return match mime.trim().strip_prefix("application/vnd.oasis.opendocument.") {
                Some("spreadsheet" | "spreadsheet-template") => Ok(PackageKind::Ods),
                _ => Err(other("a document of another program", "take a spreadsheet")),
            };
        }
        if self.has("xl/workbook.bin") {
            return Err(other("an .xlsb workbook", "save it as .xlsx"));
        }
        if self.has("_rels/.rels") && self.has("[Content_Types].xml") {
            return Ok(PackageKind::Xlsx);
        }
        Err(other("a zip archive", "unpack it and take the file inside"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.real_name(name).is_some()
    }

    /// The name as the zip spells it. Excel does not look at the case.
    fn real_name(&self, name: &str) -> Option<String> {
        let wanted = normal(name);
        let mut names = self.zip.file_names().filter_map(Result::ok);
        names.find(|name| normal(name) == wanted).map(Cow::into_owned)
    }

    pub(super) fn part(&mut self, name: &str) -> Result<PartReader<'_, R>, WorkbookError> {
        let real = self.real_name(name);
        let real = real.ok_or_else(|| WorkbookError::damaged(format!("no part `{name}`")))?;
        let part = self.zip.by_name(&real)?;
        let mut xml = Reader::from_reader(BufReader::new(part));
        xml.config_mut().expand_empty_elements = true;
        Ok(xml)
    }

    /// A small part as text; `None` if there is no such part.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, WorkbookError> {
        let Some(real) = self.real_name(name) else { return Ok(None) };
        let mut part = self.zip.by_name(&real)?;
        if part.size() > SMALL_PART_BYTES_MAX {
            return Err(WorkbookError::TooLarge);
        }
        let mut text = String::new();
        part.read_to_string(&mut text).map_err(WorkbookError::damaged)?;
        Ok(Some(text))
    }

    /// The input itself, for another reader.
    pub(super) fn into_inner(self) -> R {
        self.zip.into_inner()
    }
}

/// A part of a workbook that only describes the others, as text; none where this is no workbook, or
/// has no such part. Nothing else of it is read.
pub fn workbook_part(mut input: impl Read + Seek, name: &str) -> Option<String> {
    check_parts(&mut input).ok()?;
    let mut zip = ZipArchive::new(input).ok()?;
    let part = zip.by_name(name).ok()?;
    let mut text = String::new();
    part.take(SMALL_PART_BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Refuses a zip with too many parts by what its end says, before its list of them is read.
fn check_parts<R: Read + Seek>(input: &mut R) -> Result<(), WorkbookError> {
    /// The record at the end, and the longest comment that may follow it.
    const END_BYTES_MAX: u64 = 22 + 0xFFFF;
    const SIGNATURE: &[u8] = b"PK\x05\x06";
    let unreadable = WorkbookError::Unreadable;
    let length = input.seek(SeekFrom::End(0)).map_err(unreadable)?;
    let from = length.saturating_sub(END_BYTES_MAX);
    input.seek(SeekFrom::Start(from)).map_err(unreadable)?;
    let mut end = Vec::new();
    (&mut *input).take(END_BYTES_MAX).read_to_end(&mut end).map_err(unreadable)?;
    input.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let at = end.windows(SIGNATURE.len()).rposition(|four| four == SIGNATURE);
    // What has no end is refused by the reader itself.
    let count = at.and_then(|at| end.get(at + 10..at + 12));
    match count {
        Some(&[low, high]) if u16::from_le_bytes([low, high]) > PARTS_MAX => {
            Err(WorkbookError::TooManyParts)
        }
        _ => Ok(()),
    }
}

fn normal(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn other(what: &'static str, remedy: &'static str) -> WorkbookError {
    WorkbookError::NotAWorkbook { what, remedy }
}

/// An attribute's value, by its name without a prefix for the namespace, or with the one given.
pub(super) fn attribute(
    element: &BytesStart<'_>,
    name: &str,
) -> Result<Option<String>, WorkbookError> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(WorkbookError::damaged)?;
        if attribute.key.as_ref() == name || attribute.key.local_name().as_ref() == name {
            return Ok(Some(attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned()));
        }
    }
    Ok(None)
}

/// Calls `visit` with every element that has this name, without a prefix.
pub(super) fn each_element(
    xml: &str,
    name: &str,
    mut visit: impl FnMut(&BytesStart<'_>) -> Result<(), WorkbookError>,
) -> Result<(), WorkbookError> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event()? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == name =>
            {
                visit(&element)?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
