//! What the first rows of a list show, column by column.

use csv::StringRecord;

use super::cell::{host_name, is_dashes, is_guid, link_id, whole_ids};
use crate::intake::columns::names::{is_device_name, is_id_name, plain};
use crate::intake::record::trimmed::trimmed;
use crate::intake::{COLUMNS_MAX, Position};

/// Rows that are looked at: enough to tell what a column holds.
const ROWS_MAX: u64 = 1_000;

/// How far below the first record a header is looked for.
const TITLE_ROWS_MAX: u64 = 20;

/// Names or GUIDs that are kept of a column: a query with more of them is hard to paste.
pub(super) const SAMPLES_MAX: usize = 100;

/// Words above a list of names, none of which is a name.
const TITLES: [&str; 12] = [
    "machines",
    "devices",
    "computers",
    "hosts",
    "names",
    "machine",
    "device",
    "computer",
    "host",
    "hostnames",
    "servers",
    "length",
];

#[derive(Debug, Default)]
pub(super) struct ColumnEvidence {
    pub(super) filled: u64,
    /// Cells that are a machine ID and nothing else.
    pub(super) ids: u64,
    /// Cells with more than one of them.
    pub(super) several: u64,
    pub(super) guids: u64,
    pub(super) links: u64,
    pub(super) hosts: u64,
    /// Those of them with a digit, a dash or a dot, as names of hosts mostly have.
    pub(super) marked: u64,
    /// The ID in the first link.
    pub(super) linked: Option<String>,
    pub(super) samples: Vec<String>,
}

impl ColumnEvidence {
    /// Whether all that stands in it is of the kind that was counted.
    pub(super) const fn is_all(&self, count: u64) -> bool {
        count > 0 && count == self.filled
    }

    /// Whether nearly all is, nine of ten.
    pub(super) const fn is_mostly(&self, count: u64) -> bool {
        count > 0 && count * 10 >= self.filled * 9
    }

    /// Whether it mostly holds what another holds.
    const fn is_like(&self, other: &Self) -> bool {
        (other.hosts > 0 && self.is_mostly(self.hosts))
            || (other.guids > 0 && self.is_mostly(self.guids))
            || (other.links > 0 && self.is_mostly(self.links))
    }

    /// Counts in what stands before.
    fn begin_with(&mut self, first: Self) {
        self.filled += first.filled;
        self.guids += first.guids;
        self.links += first.links;
        self.hosts += first.hosts;
        self.linked = first.linked.or(self.linked.take());
        let again =
            |known: &String| first.samples.iter().any(|own| own.eq_ignore_ascii_case(known));
        self.samples.retain(|known| !again(known));
        self.samples.splice(..0, first.samples);
        self.samples.truncate(SAMPLES_MAX);
    }

    fn add(&mut self, cell: &str) {
        let cell = trimmed(cell);
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        let ids = whole_ids(cell).take(2).count();
        let sample = if is_guid(cell) {
            self.guids += 1;
            Some(cell.trim_matches(['{', '}']))
        } else {
            let host = host_name(cell);
            self.hosts += u64::from(host.is_some());
            let is_mark = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
            self.marked += u64::from(host.is_some_and(|host| host.contains(is_mark)));
            host
        };
        if let Some(id) = link_id(cell) {
            self.links += 1;
            self.linked.get_or_insert_with(|| id.to_owned());
        } else if ids == 1 && cell.len() == 40 {
            self.ids += 1;
        }
        self.several += u64::from(ids > 1);
        if let Some(sample) = sample.filter(|_| self.samples.len() < SAMPLES_MAX)
            && !self.samples.iter().any(|known| known.eq_ignore_ascii_case(sample))
        {
            self.samples.push(sample.to_owned());
        }
    }
}

#[derive(Debug)]
pub(in crate::intake) struct Evidence {
    pub(super) header: Vec<String>,
    pub(super) columns: Vec<ColumnEvidence>,
    pub(super) rows: u64,
    /// A record further down that has a name of a column of IDs.
    pub(super) header_below: Option<Position>,
    /// Whether a machine ID stands anywhere below that.
    pub(super) ids_below: bool,
    /// The line below the header is made of dashes.
    pub(super) is_printed: bool,
}

impl Evidence {
    /// Of a list whose first record this is.
    pub(in crate::intake) fn below<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let header = header.into_iter().map(|name| trimmed(name).to_owned()).collect();
        let columns = Vec::new();
        Self { header, columns, rows: 0, header_below: None, ids_below: false, is_printed: false }
    }

    /// A list without a header begins with what it holds: where the first record is of the kind of
    /// the others, it is counted in.
    pub(in crate::intake) fn with_first_record(mut self) -> Self {
        let [only] = self.header.as_slice() else { return self };
        if is_title(only) {
            return self;
        }
        let mut first = ColumnEvidence::default();
        first.add(only);
        match self.columns.first_mut() {
            None => self.columns.push(first),
            Some(column) if column.is_like(&first) => column.begin_with(first),
            Some(_) => {}
        }
        self
    }

    /// Whether more rows would tell nothing new.
    pub(in crate::intake) const fn is_enough(&self) -> bool {
        self.rows >= ROWS_MAX
    }

    pub(in crate::intake) fn add(&mut self, place: Position, cells: &StringRecord) {
        if self.is_enough() || cells.iter().all(|cell| trimmed(cell).is_empty()) {
            return;
        }
        self.rows += 1;
        self.is_printed |= self.rows == 1 && cells.iter().all(|cell| is_dashes(trimmed(cell)));
        if self.header_below.is_some() {
            self.ids_below |= cells.iter().any(|cell| whole_ids(cell).next().is_some());
        } else if self.rows <= TITLE_ROWS_MAX && cells.iter().any(names_ids) {
            self.header_below = Some(place);
        }
        for (index, cell) in cells.iter().enumerate().take(COLUMNS_MAX) {
            if self.columns.len() == index {
                self.columns.push(ColumnEvidence::default());
            }
            self.columns[index].add(cell);
        }
    }
}

/// Whether a text is what people write above a list, and not a part of it.
fn is_title(text: &str) -> bool {
    is_id_name(text) || is_device_name(text) || TITLES.contains(&plain(text).as_str())
}

/// Whether a cell is the name of a column of IDs, or a whole header of another delimiter.
fn names_ids(cell: &str) -> bool {
    cell.split([',', ';', '\t', '|']).any(|name| is_id_name(name.trim_matches(['"', ' '])))
}
