//! `show`: everything that is known of a machine, fact by fact.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::text::in_line;
use crate::domain::{Device, Fact, MachineId, State, Timestamp};
use crate::guard::names_agree;
use crate::journal::{Batch, Journal, Machine};
use crate::reporter::{Side, Zone, ascii_json, lined_up};

use super::device_names::DeviceNames;
use super::fact_words::describe;
use super::outcome::{Outcome, Verified};
use super::{Commands, ReportError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(pub(super) Vec<Story>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    pub(super) batch: Batch,
    pub(super) machine: Machine,
    pub(super) device: Device,
    pub(super) facts: Vec<(Timestamp, Fact)>,
}

/// The machines that a text names, in all batches: by ID, else by whole device name, else by its
/// first label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMachines {
    pub machines: Vec<Machine>,
    /// Whether it is the short name of several machines: none of them is meant for sure.
    pub is_ambiguous: bool,
}

impl NamedMachines {
    /// # Errors
    /// Where the journal cannot be read.
    pub fn read(journal: &Journal, text: &str) -> Result<Self, ReportError> {
        if let Ok(id) = MachineId::parse(text.trim()) {
            return Ok(Self { machines: journal.machines_of(id)?, is_ambiguous: false });
        }
        let called = DeviceNames::read(journal, None)?.find(text);
        let mut machines = Vec::new();
        for id in &called.machines {
            machines.extend(journal.machines_of(*id)?);
        }
        // In another batch the same ID may have another name.
        machines
            .retain(|machine| machine.name.as_deref().is_some_and(|name| names_agree(name, text)));
        machines.sort_by_key(|machine| (machine.batch, machine.number));
        Ok(Self { machines, is_ambiguous: !called.is_whole && called.machines.len() > 1 })
    }
}

impl Shown {
    /// Reads the facts of machines.
    ///
    /// # Errors
    /// Where the journal cannot be read.
    pub fn read(journal: &Journal, machines: Vec<Machine>) -> Result<Self, ReportError> {
        let story = |machine: Machine| -> Result<Story, ReportError> {
            let id = machine.batch;
            let batch = journal.batch(id)?.ok_or(ReportError::NoBatch(id))?;
            let device = journal.device(id, machine.number)?;
            let facts = journal.facts_of(id, machine.number)?;
            Ok(Story { batch, machine, device, facts })
        };
        journal.at_one_instant(|_| machines.into_iter().map(story).collect()).map(Self)
    }

    /// `mde-offboard.machine/1`: the columns of `report`, and the facts, on one line.
    pub fn to_json(&self) -> String {
        let machines = self.0.iter().map(StoryShape::from).collect();
        ascii_json(&ShownShape { schema: "mde-offboard.machine/1", machines })
    }

    /// A paragraph for each machine and batch. Ends with a line end.
    pub fn to_prose(&self, zone: &Zone, commands: &Commands) -> String {
        let stories = self.0.iter().map(|story| story.to_prose(zone, commands));
        let stories: Vec<String> = stories.collect();
        stories.join("\n")
    }
}

impl Story {
    fn to_prose(&self, zone: &Zone, commands: &Commands) -> String {
        let Self { batch, machine, device, facts } = self;
        let name = machine.name.as_deref().map(|name| format!("{}  ", in_line(name)));
        let simulation = if batch.tenant.is_simulated() { "  SIMULATION" } else { "" };
        let mut lines = vec![
            format!("{}{}{simulation}", name.unwrap_or_default(), machine.id),
            format!(
                "  batch {}, {} line {}, tenant {}",
                batch.id,
                in_line(&machine.source),
                machine.line,
                batch.tenant.id
            ),
            format!("  comment \"{}\"", machine.marked_comment(batch.seed)),
            format!("  {}", self.standing()),
        ];
        let said = device.parts().into_iter().filter_map(|(what, part)| {
            part.map(|part| format!("{} {}", what.replace('_', " "), in_line(part)))
        });
        let said: Vec<String> = said.collect();
        if !said.is_empty() {
            lines.insert(1, format!("  in the list: {}", said.join(", ")));
        }
        if machine.standing.state == State::Held {
            let words = format!("resolve {} --batch {}", machine.id, batch.id);
            lines.push(format!("  decide with:\n    {}", commands.of(&words)));
        }
        let row = |(at, fact): &(Timestamp, Fact)| {
            let told = describe(fact, &|instant| zone.near(instant, *at));
            vec![zone.full(*at), told.word.to_owned(), told.says]
        };
        if let Some((at, _)) = facts.first() {
            lines.push(format!("  what happened, times in {}:", zone.name(*at)));
        }
        let rows: Vec<Vec<String>> = facts.iter().map(row).collect();
        lines.extend(lined_up(&rows, &[Side::Left; 3], 4, 2));
        lines.join("\n") + "\n"
    }

    /// Its state with the reason, its attempts and its action.
    pub(super) fn standing(&self) -> String {
        let standing = &self.machine.standing;
        let reason = standing.reason.map(|reason| format!(" ({})", reason.word()));
        let action = match (&standing.action, &standing.action_status) {
            (Some(action), Some(status)) => format!(", action {action} {}", status.word()),
            (Some(action), None) => format!(", action {action}"),
            (None, _) => String::new(),
        };
        let attempts = match standing.attempts {
            1 => "1 attempt".to_owned(),
            many => format!("{many} attempts"),
        };
        format!("{}{}, {attempts}{action}", standing.state, reason.unwrap_or_default())
    }
}

#[derive(JsonSchema, Serialize)]
pub(super) struct ShownShape<'a> {
    #[schemars(extend("const" = "mde-offboard.machine/1"))]
    schema: &'static str,
    machines: Vec<StoryShape<'a>>,
}

#[derive(JsonSchema, Serialize)]
struct StoryShape<'a> {
    #[serde(flatten)]
    outcome: Outcome<'a>,
    device: DeviceShape<'a>,
    facts: Vec<FactShape>,
}

/// What else the list says of the device.
#[derive(JsonSchema, Serialize)]
struct DeviceShape<'a> {
    os_platform: Option<&'a str>,
    onboarding_status: Option<&'a str>,
    health_status: Option<&'a str>,
    tags: Option<&'a str>,
    group: Option<&'a str>,
}

#[derive(JsonSchema, Serialize)]
struct FactShape {
    at: String,
    fact: &'static str,
    says: String,
}

impl<'a> From<&'a Story> for StoryShape<'a> {
    fn from(story: &'a Story) -> Self {
        let fact = |(at, fact): &(Timestamp, Fact)| {
            let told = describe(fact, &|instant| instant.to_string());
            FactShape { at: at.to_string(), fact: told.word, says: told.says }
        };
        Self {
            outcome: Outcome::new(&story.machine, &story.batch, Verified::default()),
            device: DeviceShape::from(&story.device),
            facts: story.facts.iter().map(fact).collect(),
        }
    }
}

impl<'a> From<&'a Device> for DeviceShape<'a> {
    fn from(device: &'a Device) -> Self {
        Self {
            os_platform: device.os_platform.as_deref(),
            onboarding_status: device.onboarding_status.as_deref(),
            health_status: device.health_status.as_deref(),
            tags: device.tags.as_deref(),
            group: device.group.as_deref(),
        }
    }
}
