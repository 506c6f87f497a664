//! In what a plan that is made now differs from the one that was saved.
//!
//! There are two kinds. It was made for something else: nobody reviewed this. Or the tenant moved
//! on: it was reviewed, and is no longer so.

use std::collections::HashMap;
use std::fmt;

use super::header::PlanHeader;
use super::machine::SavedMachine;
use super::plan::SavedPlan;
use crate::domain::{MachineId, hex};
use crate::guard::{Class, Treatment, names_agree};

/// Most machines that are named.
const NAMED_MAX: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanDifference {
    /// For another tenant, app, list or comment, or with other options; never empty.
    MadeForAnother(Vec<DifferentPart>),
    /// Machines whose class or name is another than in the plan, the first 1,000 of `in_all`.
    Moved { machines: Vec<MovedMachine>, in_all: u64 },
}

/// Something that a plan is made of, then and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferentPart {
    /// `tenant`, `app`, `list`, `comment`, `--on CLASS`, the name of an option, `protect list` or
    /// `table of systems`.
    pub part: String,
    pub planned: String,
    pub now: String,
}

impl fmt::Display for DifferentPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: planned {}, now {}", self.part, self.planned, self.now)
    }
}

/// A machine that is not as it was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedMachine {
    /// None of a name that is not that of exactly one machine.
    pub id: Option<MachineId>,
    /// None where it is not in the plan.
    pub before: Option<SavedMachine>,
    /// None where it is not in the list any more.
    pub after: Option<SavedMachine>,
}

impl fmt::Display for MovedMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |machine: &Option<SavedMachine>| machine.as_ref()?.name.clone();
        let (was, is) = (name(&self.before), name(&self.after));
        let name = was.as_ref().or(is.as_ref()).map(ToString::to_string);
        let id = self.id.map(|id| id.to_string());
        let title: Vec<String> = name.into_iter().chain(id).collect();
        write!(f, "{}: ", title.join(" "))?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if alike(before) != alike(after) => {
                write!(f, "{} when it was planned, {} now", words(before), words(after))
            }
            (Some(_), Some(_)) => match is {
                Some(is) => write!(f, "its name is {is} now"),
                None => f.write_str("it has no name now"),
            },
            (None, Some(after)) => write!(f, "not in the plan, {} now", words(after)),
            (_, None) => f.write_str("in the plan, and not in the list now"),
        }
    }
}

fn words(machine: &SavedMachine) -> String {
    format!("{} ({})", machine.class, machine.treatment.word())
}

/// What tells the entries of a list apart.
#[derive(PartialEq, Eq, Hash)]
enum EntryKey {
    Machine(MachineId),
    /// A name that is not that of exactly one machine; in lower case.
    Name(String),
}

impl EntryKey {
    fn of(entry: &SavedMachine) -> Self {
        let name = || entry.name.as_deref().unwrap_or_default().trim().to_lowercase();
        entry.id.map_or_else(|| Self::Name(name()), Self::Machine)
    }
}

const fn alike(machine: &SavedMachine) -> (u8, u8) {
    (machine.class as u8, machine.treatment as u8)
}

impl SavedPlan {
    /// In what a plan that is made now differs; none where it may be run.
    pub fn differences(&self, now: &Self) -> Option<PlanDifference> {
        let mut comparison = PlanComparison::with(self);
        now.machines.iter().for_each(|machine| comparison.add(machine));
        comparison.finish(&now.header)
    }
}

/// A comparison on its way: machines of the plan that is made now are added one by one.
pub struct PlanComparison<'p> {
    saved: &'p SavedPlan,
    places: HashMap<EntryKey, usize>,
    seen: Vec<bool>,
    moved: Vec<MovedMachine>,
    in_all: u64,
}

impl<'p> PlanComparison<'p> {
    /// With a plan that was saved.
    pub fn with(saved: &'p SavedPlan) -> Self {
        let machines = saved.machines.iter().enumerate();
        let places = machines.map(|(place, machine)| (EntryKey::of(machine), place)).collect();
        let seen = vec![false; saved.machines.len()];
        Self { saved, places, seen, moved: Vec::new(), in_all: 0 }
    }

    pub fn add(&mut self, now: &SavedMachine) {
        let place = self.places.get(&EntryKey::of(now)).copied();
        if let Some(place) = place {
            self.seen[place] = true;
        }
        let before = place.map(|place| &self.saved.machines[place]);
        if before.is_none_or(|before| has_moved(before, now)) {
            self.moved(before.cloned(), Some(now.clone()));
        }
    }

    /// The difference, from what the plan of now is made of; none where the saved plan may be run.
    pub fn finish(mut self, now: &PlanHeader) -> Option<PlanDifference> {
        let parts = different_parts(&self.saved.header, now);
        if !parts.is_empty() {
            return Some(PlanDifference::MadeForAnother(parts));
        }
        for place in 0..self.seen.len() {
            if !self.seen[place] {
                self.moved(Some(self.saved.machines[place].clone()), None);
            }
        }
        let planned = &self.saved.header;
        if self.in_all == 0 && planned.content != now.content {
            // A list of names whose machines are the same: only its own comments are left.
            let content = |header: &PlanHeader| format!("sha256 {}", header.content);
            let (part, planned) = ("comments of the list".to_owned(), content(planned));
            let part = DifferentPart { part, planned, now: content(now) };
            return Some(PlanDifference::MadeForAnother(vec![part]));
        }
        let Self { moved: machines, in_all, .. } = self;
        (in_all > 0).then_some(PlanDifference::Moved { machines, in_all })
    }

    fn moved(&mut self, before: Option<SavedMachine>, after: Option<SavedMachine>) {
        self.in_all += 1;
        let id = before.as_ref().or(after.as_ref()).and_then(|machine| machine.id);
        if self.moved.len() < NAMED_MAX {
            self.moved.push(MovedMachine { id, before, after });
        }
    }
}

/// Whether a machine is another than the one that was reviewed: another name, another treatment, or
/// another class. Silence alone does not count: who agreed to send a machine that was silent for
/// two days agrees to one that is silent for eight.
fn has_moved(before: &SavedMachine, now: &SavedMachine) -> bool {
    let same_name = match (&before.name, &now.name) {
        (Some(before), Some(now)) => names_agree(before, now),
        (before, now) => before == now,
    };
    let only_silent = before.treatment == Treatment::Send
        && now.treatment == Treatment::Send
        && silence(before.class).zip(silence(now.class)).is_some_and(|(was, is)| was < is);
    !same_name || (alike(before) != alike(now) && !only_silent)
}

/// For how long the machines of a class are silent, where that is all that it says.
const fn silence(class: Class) -> Option<u8> {
    match class {
        Class::SeenRecently => Some(0),
        Class::Ready => Some(1),
        Class::Inactive => Some(2),
        _ => None,
    }
}

fn different_parts(planned: &PlanHeader, now: &PlanHeader) -> Vec<DifferentPart> {
    let (then, now_has) = (parts(planned, now), parts(now, planned));
    let mut different = Vec::new();
    for (part, planned) in &then {
        let now = now_has.iter().find(|(other, _)| other == part).map_or("nothing", |(_, v)| v);
        if now != planned {
            let (planned, now) = (planned.clone(), now.to_owned());
            different.push(DifferentPart { part: part.clone(), planned, now });
        }
    }
    for (part, now) in now_has {
        if !then.iter().any(|(other, _)| *other == part) {
            different.push(DifferentPart { part, planned: "nothing".to_owned(), now });
        }
    }
    different
}

/// What has to be the same, in the order in which it is told.
fn parts(header: &PlanHeader, other: &PlanHeader) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let mut part = |name: &str, value: String| parts.push((name.to_owned(), value));
    part("tenant", format!("{} ({})", header.tenant.id, header.tenant.realm.word()));
    part("app", header.app.clone());
    part("--by-name", if header.by_name { "yes" } else { "no" }.to_owned());
    // Which IDs a list of names has is known from the tenant: it may have moved on.
    if !(header.by_name && other.by_name) {
        part("list", format!("sha256 {}, {} machines", header.content, header.machines));
    }
    let comment = header.comment.as_ref().map(|comment| format!("\"{comment}\""));
    part("comment", comment.unwrap_or_else(|| "none".to_owned()));
    for (class, treatment) in &header.treatments {
        part(&format!("--on {class}"), treatment.word().to_owned());
    }
    for (name, value) in &header.options {
        part(name, value.clone());
    }
    let protect = header.protect.as_ref().map(|hash| format!("sha256 {}", hex::encode(hash)));
    part("protect list", protect.unwrap_or_else(|| "none".to_owned()));
    part("table of systems", format!("of {}", header.systems));
    parts
}
