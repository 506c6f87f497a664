//! Which column holds what.

use std::sync::Arc;

use csv::StringRecord;

use crate::domain::MachineId;
use crate::domain::text::{escaped, excerpt};
use crate::intake::columns::device::{DETAIL_NAMES, TIME_NAMES, squeezed};
use crate::intake::columns::names::{DEVICE_NAMES, is_id_name, plain};
use crate::intake::filter::condition::Condition;
use crate::intake::record::cells::Outline;
use crate::intake::record::trimmed::trimmed;
use crate::intake::{IntakeError, Position, Shape, Wanted};

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
    pub(in crate::intake) id: usize,
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
        let is_id = |cell: &str| MachineId::parse(trimmed(cell)).is_ok();
        if first.iter().any(is_id) {
            if first.len() == 1 && !wanted.names_a_column() {
                return Ok(Self::plain_list());
            }
            let count = first.len();
            if count > 1 && first.iter().all(is_id) {
                return Err(IntakeError::SeveralIds { place, count });
            }
            return Err(IntakeError::NoHeader { place });
        }
        let names = first.iter().map(trimmed).collect();
        let header = Header { place, is_keys: outline.is_keys, names };
        let id = match &wanted.id_column {
            Some(name) => header.named(name, "--id-column")?,
            None => header.id()?,
        };
        let mut notes = header.repeated();
        let device_name = match &wanted.name_column {
            Some(name) => Some(header.named(name, "--name-column")?),
            None => header.known(&DEVICE_NAMES, id, &mut notes),
        };
        let comment = match &wanted.comment_column {
            Some(name) => Some(header.named(name, "--comment-column")?),
            None => header.known(&COMMENT_NAMES, id, &mut notes),
        };
        let comment = match comment.filter(|_| wanted.without_comments) {
            Some(column) => {
                let name = escaped(header.names[column]);
                notes.push(format!("`{name}` is ignored: --no-comment-column"));
                None
            }
            None => comment,
        };
        let conditions = header.conditions(wanted)?;
        let details = details(&header, id, &mut notes);
        let time = header.known_as(squeezed, &TIME_NAMES, id, &mut Vec::new());
        let portal_export = PORTAL_NAMES.iter().all(|known| header.has(known));
        let api_inventory = API_NAMES.iter().all(|known| header.has(known));
        let names = header.shown(0..first.len()).into();
        let plain_list = false;
        Ok(Self {
            names,
            id,
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

    fn plain_list() -> Self {
        Self {
            names: [String::new()].into(),
            id: 0,
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
            id_column: (!self.plain_list).then(|| name(self.id)),
            name_column: self.device_name.map(name),
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
fn details(header: &Header<'_>, id: usize, notes: &mut Vec<String>) -> [Option<usize>; 5] {
    let mut shown = Vec::new();
    let column = |index: usize, notes: &mut Vec<String>| {
        header.known_as(squeezed, DETAIL_NAMES[index], id, notes)
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
    fn known(&self, known: &[&str], id: usize, notes: &mut Vec<String>) -> Option<usize> {
        self.known_as(plain, known, id, notes)
    }

    /// The same, where names are compared in another form.
    fn known_as(
        &self,
        form: impl Fn(&str) -> String,
        known: &[&str],
        id: usize,
        notes: &mut Vec<String>,
    ) -> Option<usize> {
        let mut found = known
            .iter()
            .flat_map(|&known| self.matching(|name| form(name) == known))
            .filter(|&index| index != id);
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
