//! One machine of a saved plan, or a name that is not that of one machine; and its line in the
//! file.

use serde::{Deserialize, Serialize};

use super::hash::RecordHash;
use crate::domain::text::excerpt;
use crate::domain::{MachineId, hex};
use crate::guard::{Class, Treatment};
use crate::reporter::ascii_json;

/// A machine, its class, and what is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMachine {
    /// None of a name that is not that of exactly one machine.
    pub id: Option<MachineId>,
    /// The tenant's name, else that of the list.
    pub name: Option<Box<str>>,
    pub class: Class,
    pub treatment: Treatment,
    /// Which input file it is in: an index into
    /// [`PlanHeader::sources`](super::PlanHeader::sources).
    pub source: u16,
    /// In which line of it, counted from 1.
    pub line: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMachine {
    id: Option<String>,
    name: Option<Box<str>>,
    class: String,
    treatment: String,
    source: u16,
    line: u64,
    hash: String,
}

/// Why a line is not that of a machine.
pub(super) enum LineFault {
    Damaged(String),
    /// It is, and its hash is another machine's: its ID, else its name.
    Changed(String),
}

impl SavedMachine {
    pub(super) fn hash(&self) -> [u8; 32] {
        let Self { id, name, class, treatment, source, line } = self;
        let mut hash = RecordHash::of("mde-offboard.plan/1 machine");
        // No ID is empty.
        hash.add(id.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
        // No name and an empty one are not the same.
        match name {
            Some(name) => {
                hash.add(b"name");
                hash.add(name.as_bytes());
            }
            None => hash.add(b"no name"),
        }
        hash.add(class.word().as_bytes());
        hash.add(treatment.word().as_bytes());
        hash.add(&source.to_be_bytes());
        hash.add(&line.to_be_bytes());
        hash.finish()
    }

    /// Which it is, in words.
    fn title(&self) -> String {
        let name = || self.name.as_deref().map(excerpt).unwrap_or_default();
        self.id.map_or_else(|| format!("name {}", name()), |id| format!("machine {id}"))
    }

    /// Its line, without what stands between lines.
    pub(super) fn to_line(&self, hash: &[u8; 32]) -> String {
        ascii_json(&WrittenMachine {
            id: self.id.map(|id| id.to_string()),
            name: self.name.clone(),
            class: self.class.word().to_owned(),
            treatment: self.treatment.word().to_owned(),
            source: self.source,
            line: self.line,
            hash: hex::encode(hash),
        })
    }

    /// Reads [`to_line`](Self::to_line), with the hash.
    pub(super) fn of_line(text: &str) -> Result<(Self, [u8; 32]), LineFault> {
        let damaged = |why: String| LineFault::Damaged(why);
        let written: WrittenMachine =
            serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        let id = written.id.as_deref().map(MachineId::parse).transpose();
        let id = id.map_err(|error| damaged(error.to_string()))?;
        let class = Class::from_word(&written.class);
        let class = class.ok_or_else(|| damaged("there is no such class".to_owned()))?;
        let treatment = Treatment::from_word(&written.treatment);
        let treatment = treatment.ok_or_else(|| damaged("no such treatment".to_owned()))?;
        let WrittenMachine { name, source, line, .. } = written;
        let machine = Self { id, name, class, treatment, source, line };
        let hash = machine.hash();
        if written.hash != hex::encode(&hash) {
            return Err(LineFault::Changed(machine.title()));
        }
        if machine.to_line(&hash) != text {
            return Err(damaged("it is not written as this program writes it".to_owned()));
        }
        Ok((machine, hash))
    }
}
