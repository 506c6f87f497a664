//! From what was seen to words that lead on.

use super::evidence::{ColumnEvidence, Evidence, SAMPLES_MAX};
use super::hunting::{by_entra_ids, by_names};
use super::owner::Owner;
use crate::domain::text::escaped;
use crate::intake::Position;
use crate::intake::columns::names::{is_device_name, is_id_name, plain};
use crate::intake::listed::listed;

/// Where Defender's IDs are.
const EXPORT: &str = "`Device ID` in the portal's export (Assets > Devices > Export)";

/// What `Get-Content` adds to each line, beside its length.
const LINE_PROPERTIES: [&str; 6] =
    ["pspath", "psparentpath", "pschildname", "psdrive", "psprovider", "readcount"];

#[derive(Debug, PartialEq, Eq)]
pub(in crate::intake) enum Lead {
    /// Its header stands further down.
    TitleRows { header: Position },
    /// `Export-Csv` was given texts.
    Lengths,
    /// Another list; the words lead to the IDs.
    Hint(String),
}

/// What was seen, in words; `id` is the column in which IDs are expected, where one is known.
pub(in crate::intake) fn lead(evidence: &Evidence, id: Option<usize>) -> Option<Lead> {
    if let (Some(header), true, None) = (evidence.header_below, evidence.ids_below, id) {
        return Some(Lead::TitleRows { header });
    }
    if id.is_none() && is_lengths(&evidence.header) {
        return Some(Lead::Lengths);
    }
    let found = printed(evidence)
        .or_else(|| id.is_none().then(|| columns_of_ids(evidence)).flatten())
        .or_else(|| links(evidence, id))
        .or_else(|| several(evidence, id))
        .or_else(|| guids(evidence, id))
        .or_else(|| names(evidence, id));
    found.map(Lead::Hint)
}

fn is_lengths(header: &[String]) -> bool {
    let known = |name: &String| name == "length" || LINE_PROPERTIES.contains(&name.as_str());
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    names.iter().any(|name| name == "length") && names.iter().all(known)
}

fn printed(evidence: &Evidence) -> Option<String> {
    evidence.is_printed.then(|| {
        "this is a table as PowerShell prints it; write the list with `Select-Object` and \
         `Export-Csv` instead, such as: $machines | Select-Object id, computerDnsName | \
         Export-Csv machines.csv -NoTypeInformation"
            .to_owned()
    })
}

fn columns_of_ids(evidence: &Evidence) -> Option<String> {
    let full = evidence.columns.iter().enumerate().filter(|(_, column)| column.is_all(column.ids));
    let names: Vec<String> = full.map(|(index, _)| evidence.name(index)).collect();
    match names.as_slice() {
        [] => None,
        [only] if only.is_empty() => {
            Some("give the column with the machine IDs a name, such as `Device ID`".to_owned())
        }
        [only] => Some(format!("`{only}` holds machine IDs; to use them: {}", option(only))),
        _ if evidence.header.iter().any(|name| is_id_name(name)) => None,
        several => {
            Some(format!("{} hold machine IDs; choose one with --id-column", listed(several)))
        }
    }
}

fn option(column: &str) -> String {
    format!("--id-column \"{column}\"")
}

/// The columns that count: the one in which IDs are expected, or else all.
fn expected(
    evidence: &Evidence,
    id: Option<usize>,
) -> impl Iterator<Item = (usize, &ColumnEvidence)> {
    let columns = evidence.columns.iter().enumerate();
    columns.filter(move |(index, _)| id.is_none_or(|id| id == *index))
}

fn links(evidence: &Evidence, id: Option<usize>) -> Option<String> {
    let (_, column) = expected(evidence, id).find(|(_, column)| column.is_mostly(column.links))?;
    let linked = column.linked.as_deref()?;
    Some(format!(
        "these are links to machines; the ID is the 40 digits after `/machines/`, here `{linked}`; \
         write a list of these IDs, one a line"
    ))
}

fn several(evidence: &Evidence, id: Option<usize>) -> Option<String> {
    let (_, _) = expected(evidence, id).find(|(_, column)| column.several > 0)?;
    Some("several machine IDs are in one cell; write one machine ID a line".to_owned())
}

fn guids(evidence: &Evidence, id: Option<usize>) -> Option<String> {
    let is_expected = |index: usize| id.is_none_or(|id| id == index);
    let all = evidence.columns.iter().enumerate();
    let owned = all.filter(|(_, column)| column.is_mostly(column.guids)).map(|(index, column)| {
        let owner =
            Owner::of(evidence.header.get(index).map_or("", String::as_str), &evidence.header);
        (index, owner, column)
    });
    let owned: Vec<_> = owned.filter(|(_, owner, _)| *owner != Owner::NoDevice).collect();
    owned.iter().find(|(index, ..)| is_expected(*index))?;
    let said: Vec<String> = owned
        .iter()
        .map(|(index, owner, _)| {
            let whose = match owner {
                Owner::Entra => "Entra's device IDs",
                Owner::EntraObject => "Entra's object IDs",
                Owner::Intune => "Intune's device IDs",
                Owner::Unknown | Owner::NoDevice => "IDs of Entra or Intune",
            };
            match evidence.name(*index) {
                name if name.is_empty() => whose.to_owned(),
                name => format!("`{name}` holds {whose}"),
            }
        })
        .collect();
    let of = |wanted: Owner| owned.iter().find(|(_, owner, _)| *owner == wanted);
    let query = of(Owner::Entra)
        .or_else(|| of(Owner::Unknown))
        .map(|(_, _, column)| (by_entra_ids(&column.samples), column.samples.len()));
    let query = query.or_else(|| {
        let names = name_column(evidence)?;
        Some((by_names(&names.samples), names.samples.len()))
    });
    Some(format!(
        "{}; Defender's machine IDs have 40 digits: {EXPORT}{}",
        said.join(", "),
        query.map(|(query, count)| or_ask(&query, count)).unwrap_or_default()
    ))
}

fn names(evidence: &Evidence, id: Option<usize>) -> Option<String> {
    let column = match id {
        Some(id) => evidence.columns.get(id).filter(|column| column.is_mostly(column.hosts))?,
        None => name_column(evidence)?,
    };
    let asked = or_ask(&by_names(&column.samples), column.samples.len());
    Some(format!(
        "these are names, and several machines may have one; if each is the name of exactly one \
         onboarded machine: --by-name; else get their machine IDs: {EXPORT}{asked}"
    ))
}

/// The column that holds the names of devices: by its name, or the one that can.
fn name_column(evidence: &Evidence) -> Option<&ColumnEvidence> {
    let named = |index: usize| evidence.header.get(index).is_some_and(|name| is_device_name(name));
    let columns = || evidence.columns.iter().enumerate();
    let known = columns().find(|(index, column)| named(*index) && column.is_mostly(column.hosts));
    let is_alone = evidence.columns.len() == 1;
    let may_be = |column: &ColumnEvidence| {
        is_alone || (column.is_mostly(column.marked) && is_varied(column))
    };
    let found = known
        .or_else(|| columns().find(|(_, column)| column.is_all(column.hosts) && may_be(column)));
    found.map(|(_, column)| column)
}

/// A name that stands in many rows is no name of a machine.
fn is_varied(column: &ColumnEvidence) -> bool {
    column.samples.len() as u64 * 3 >= column.hosts.min(SAMPLES_MAX as u64) * 2
}

fn or_ask(query: &str, count: usize) -> String {
    let all = if count < SAMPLES_MAX { "" } else { ", for the first 100 and then for the others" };
    format!(", or ask for them in advanced hunting{all}:\n{query}")
}

impl Evidence {
    fn name(&self, index: usize) -> String {
        self.header.get(index).map(|name| escaped(name)).unwrap_or_default()
    }
}
