//! Which column holds what.

use std::sync::Arc;

use csv::StringRecord;

use crate::domain::MachineId;
use crate::domain::text::{escaped, excerpt};
use crate::intake::columns::device::{DETAIL_NAMES, TIME_NAMES, squeezed};
use crate::intake::columns::names::{DEVICE_NAMES, NAMES_AS_KEYS, is_id_name, plain};
use crate::intake::filter::condition::Condition;
use crate::intake::record::cells::Outline;
use crate::intake::record::trimmed::trimmed;
use crate::intake::{IntakeError, Position, RowKey, Shape, Wanted};

const COMMENT_NAMES: [&str; 1] = ["comment"];

/// Names that the portal's export has in all versions that were seen, and hardly any other file.
const PORTAL_NAMES: [&str; 6] =
    ["deviceid", "devicename", "firstseen", "osplatform", "healthstatus", "onboardingstatus"];

/// Names that each machine of the API's list has, and hardly any other file.
const API_NAMES: [&str; 5] = ["id", "computerdnsname", "lastseen", "osplatform", "healthstatus"];

/// A column of what `Format-Table` gives to `Export-Csv`.
const FORMAT_TABLE: &str = "classid2e4f51ef21dd47e99d3c952918aff9cd";

#[derive(Debug)]
pub(in crate::intake) struct Columns {
    /// Their names, escaped; one empty name for a plain list.
    pub(in crate::intake) names: Arc<[String]>,
    /// The column that tells which machine a row is about.
    pub(in crate::intake) key: usize,
    /// What that column holds.
    pub(in crate::intake) kind: RowKey,
    /// Columns that hold machine IDs by their names, where names stand for machines.
    of_ids: Vec<usize>,
    pub(in crate::intake) device_name: Option<usize>,
    pub(in crate::intake) comment: Option<usize>,
    /// Those that say what a device is, in the order of [`Device`](crate::domain::Device).
    pub(in crate::intake) details: [Option<usize>; 5],
    /// The one that says when a row was so.
    pub(in crate::intake) time: Option<usize>,
    pub(in crate::intake) conditions: Vec<Condition>,
    /// No header: the first record is a row.
    pub(in crate::intake) plain_list: bool,
    portal_export: bool,
    api_inventory: bool,
    notes: Vec<String>,
}

impl Columns {
    /// Reads the first record: a header, or the first row of a plain list of IDs.
    pub(in crate::intake) fn read(
        outline: Outline,
        first: &StringRecord,
        wanted: &Wanted,
    ) -> Result<Self, IntakeError> {
        let place = outline.place;
        if let Some(index) = first.iter().position(|cell| cell.contains('\u{feff}')) {
            return Err(IntakeError::SecondMark { place, column: index + 1 });
        }
        if let Some(index) = outline.stray_quote {
            return Err(IntakeError::QuoteInHeader { place, column: index + 1 });
        }
        if let Some(list) = Self::of_first_row(place, first, wanted)? {
            return Ok(list);
        }
        let names = first.iter().map(trimmed).collect();
        let header = Header { place, is_keys: outline.is_keys, names };
        let mut notes = header.repeated();
        let Some((key, device_name)) = header.key(wanted, &mut notes)? else {
            return Ok(Self::plain_list(RowKey::Name));
        };
        let comment = header.comment(key, wanted, &mut notes)?;
        let conditions = header.conditions(wanted)?;
        let details = details(&header, key, &mut notes);
        let time = header.known_as(squeezed, &TIME_NAMES, Some(key), &mut Vec::new());
        let portal_export = PORTAL_NAMES.iter().all(|known| header.has(known));
        let api_inventory = API_NAMES.iter().all(|known| header.has(known));
        let names = header.shown(0..first.len()).into();
        let plain_list = false;
        let of_ids = match wanted.key {
            RowKey::Id => Vec::new(),
            RowKey::Name => header.matching(is_id_name),
        };
        Ok(Self {
            names,
            key,
            kind: wanted.key,
            of_ids,
            device_name,
            comment,
            details,
            time,
            conditions,
            plain_list,
            portal_export,
            api_inventory,
            notes,
        })
    }

    /// A list whose first record holds a machine ID; none for a header.
    fn of_first_row(
        place: Position,
        first: &StringRecord,
        wanted: &Wanted,
    ) -> Result<Option<Self>, IntakeError> {
        let is_id = |cell: &str| MachineId::parse(trimmed(cell)).is_ok();
        let count = first.len();
        if !first.iter().any(is_id) {
            return Ok(None);
        }
        if wanted.key == RowKey::Name {
            return Err(IntakeError::IdsByName { place });
        }
        if count == 1 && !wanted.names_a_column() {
            return Ok(Some(Self::plain_list(RowKey::Id)));
        }
        if count > 1 && first.iter().all(is_id) {
            return Err(IntakeError::SeveralIds { place, count });
        }
        Err(IntakeError::NoHeader { place })
    }

    fn plain_list(kind: RowKey) -> Self {
        Self {
            names: [String::new()].into(),
            key: 0,
            kind,
            of_ids: Vec::new(),
            device_name: None,
            comment: None,
            details: [None; 5],
            time: None,
            conditions: Vec::new(),
            plain_list: true,
            portal_export: false,
            api_inventory: false,
            notes: Vec::new(),
        }
    }

    /// What a person is shown of them.
    pub(in crate::intake) fn into_shape(self) -> Shape {
        let name = |index: usize| self.names[index].clone();
        Shape {
            id_column: (!self.plain_list && self.kind == RowKey::Id).then(|| name(self.key)),
            name_column: self.device_name.map(name),
            has_id_column: !self.of_ids.is_empty(),
            comment_column: self.comment.map(name),
            detail_columns: self.details.map(|column| column.map(name)),
            system_column: self.details[0].map(name),
            onboarding_column: self.details[1].map(name),
            time_column: self.time.map(name),
            portal_export: self.portal_export,
            api_inventory: self.api_inventory,
            notes: self.notes,
            ..Shape::default()
        }
    }

    /// Whether a record has a machine ID, where names stand for machines.
    pub(in crate::intake) fn has_id(&self, cells: &StringRecord) -> bool {
        let is_id = |column: &usize| {
            cells.get(*column).is_some_and(|cell| MachineId::parse(trimmed(cell)).is_ok())
        };
        self.kind == RowKey::Name && self.of_ids.iter().chain([&self.key]).any(is_id)
    }

    /// What a message calls the column.
    pub(in crate::intake) fn label(&self, index: usize) -> String {
        match self.names.get(index) {
            _ if self.plain_list => String::new(),
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("#{}", index + 1),
        }
    }
}

/// The columns that say what a device is. Where several say the system or the onboarding it is told
/// which is read: these decide; the others are only shown.
fn details(header: &Header<'_>, key: usize, notes: &mut Vec<String>) -> [Option<usize>; 5] {
    let mut shown = Vec::new();
    let column = |index: usize, notes: &mut Vec<String>| {
        header.known_as(squeezed, DETAIL_NAMES[index], Some(key), notes)
    };
    let (system, onboarding) = (column(0, notes), column(1, notes));
    [system, onboarding, column(2, &mut shown), column(3, &mut shown), column(4, &mut shown)]
}

/// The names as they are in the file, without spaces around them.
struct Header<'a> {
    place: Position,
    is_keys: bool,
    names: Vec<&'a str>,
}

impl Header<'_> {
    /// Which rows are wanted, by the columns that `--where` names.
    fn conditions(&self, wanted: &Wanted) -> Result<Vec<Condition>, IntakeError> {
        let mut conditions = Vec::new();
        for filter in wanted.filters.iter().enumerate() {
            let column = self.named(&filter.1.column, "--where")?;
            let name = plain(self.names[column]);
            Condition::add(&mut conditions, (column, &name), filter);
        }
        Ok(conditions)
    }

    /// The column that tells which machine a row is about, and that of the names; none for a plain
    /// list of names.
    fn key(
        &self,
        wanted: &Wanted,
        notes: &mut Vec<String>,
    ) -> Result<Option<(usize, Option<usize>)>, IntakeError> {
        if wanted.key == RowKey::Name {
            return Ok(self.name(wanted, notes)?.map(|name| (name, Some(name))));
        }
        let id = match &wanted.id_column {
            Some(name) => self.named(name, "--id-column")?,
            None => self.id()?,
        };
        let name = match &wanted.name_column {
            Some(name) => Some(self.named(name, "--name-column")?),
            None => self.known(&DEVICE_NAMES, Some(id), notes),
        };
        Ok(Some((id, name)))
    }

    fn comment(
        &self,
        key: usize,
        wanted: &Wanted,
        notes: &mut Vec<String>,
    ) -> Result<Option<usize>, IntakeError> {
        let comment = match &wanted.comment_column {
            Some(name) => Some(self.named(name, "--comment-column")?),
            None => self.known(&COMMENT_NAMES, Some(key), notes),
        };
        if let Some(column) = comment.filter(|_| wanted.without_comments) {
            let name = escaped(self.names[column]);
            notes.push(format!("`{name}` is ignored: --no-comment-column"));
            return Ok(None);
        }
        Ok(comment)
    }

    /// The one column that is known to hold IDs.
    fn id(&self) -> Result<usize, IntakeError> {
        let candidates = self.matching(is_id_name);
        match candidates.as_slice() {
            [only] => Ok(*only),
            [] => Err(self.no_id()),
            [one, others @ ..]
                if others.iter().all(|&other| self.names[*one] == self.names[other]) =>
            {
                Err(self.repeats(*one, candidates.len()))
            }
            _ => Err(IntakeError::AmbiguousIdColumn {
                place: self.place,
                columns: self.shown(candidates.iter().copied()),
                hint: None,
            }),
        }
    }

    /// The column with the names that stand for machines; none for a plain list of names.
    fn name(&self, wanted: &Wanted, notes: &mut Vec<String>) -> Result<Option<usize>, IntakeError> {
        if let Some(name) = &wanted.name_column {
            return self.named(name, "--name-column").map(Some);
        }
        let place = self.place;
        if self.has(FORMAT_TABLE) {
            return Err(IntakeError::FormatTable { place });
        }
        let known = self.known(&NAMES_AS_KEYS, None, notes);
        let is_plain = self.names.len() == 1 && !self.is_keys && !wanted.names_a_column();
        if known.is_some() || is_plain {
            return Ok(known);
        }
        Err(IntakeError::NoNameColumn { place, columns: self.shown(0..self.names.len()) })
    }

    fn no_id(&self) -> IntakeError {
        let place = self.place;
        if self.has(FORMAT_TABLE) {
            return IntakeError::FormatTable { place };
        }
        if let ([only], false) = (self.names.as_slice(), self.is_keys)
            && let Err(why) = MachineId::parse(only)
        {
            return IntakeError::NotAList { place, found: excerpt(only), why, hint: None };
        }
        IntakeError::NoIdColumn { place, columns: self.shown(0..self.names.len()), hint: None }
    }

    /// The column that a person named: as it is written, or else by the looser comparison.
    fn named(&self, wanted: &str, option: &'static str) -> Result<usize, IntakeError> {
        let mut found = self.matching(|name| name == trimmed(wanted));
        if found.is_empty() {
            found = self.matching(|name| plain(name) == plain(wanted));
        }
        match found.as_slice() {
            [only] => Ok(*only),
            [] => Err(IntakeError::NoSuchColumn {
                place: self.place,
                option,
                column: escaped(wanted),
                columns: self.shown(0..self.names.len()),
            }),
            [one, ..] => Err(self.repeats(*one, found.len())),
        }
    }

    /// The first column with one of the known names; others that would do are noted.
    fn known(&self, known: &[&str], key: Option<usize>, notes: &mut Vec<String>) -> Option<usize> {
        self.known_as(plain, known, key, notes)
    }

    /// The same, where names are compared in another form.
    fn known_as(
        &self,
        form: impl Fn(&str) -> String,
        known: &[&str],
        key: Option<usize>,
        notes: &mut Vec<String>,
    ) -> Option<usize> {
        let mut found = known
            .iter()
            .flat_map(|&known| self.matching(|name| form(name) == known))
            .filter(|&index| Some(index) != key);
        let taken = found.next()?;
        for other in found.filter(|&other| !self.same(taken, other)) {
            let (taken, other) = (escaped(self.names[taken]), escaped(self.names[other]));
            let note = format!("`{taken}` is read, `{other}` is not");
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Some(taken)
    }

    /// A note for each name that is there more than once.
    fn repeated(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (index, name) in self.names.iter().enumerate() {
            let first = self.names.iter().position(|other| plain(other) == plain(name));
            let again = first.is_some_and(|first| first < index);
            if again && !name.is_empty() {
                let name = escaped(name);
                notes.push(format!("the column name `{name}` is repeated in column {}", index + 1));
            }
        }
        notes
    }

    fn repeats(&self, index: usize, times: usize) -> IntakeError {
        let column = escaped(self.names[index]);
        IntakeError::RepeatedColumn { place: self.place, column, times }
    }

    fn has(&self, known: &str) -> bool {
        self.names.iter().any(|name| plain(name) == known)
    }

    fn same(&self, one: usize, other: usize) -> bool {
        plain(self.names[one]) == plain(self.names[other])
    }

    fn matching(&self, matches: impl Fn(&str) -> bool) -> Vec<usize> {
        (0..self.names.len()).filter(|&index| matches(self.names[index])).collect()
    }

    fn shown(&self, indices: impl Iterator<Item = usize>) -> Vec<String> {
        indices.map(|index| escaped(self.names[index])).collect()
    }
}
