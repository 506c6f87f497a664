//! What is known of a machine of a plan, in a few words.

use crate::domain::text::in_line;
use crate::domain::{ActionStatus, MachineId, Timestamp};
use crate::guard::{Class, Offboarding, Treatment, listed_classes};
use crate::plan::{PlannedEntry, PlannedMachine};

use crate::cli::planning::by_name;
use crate::cli::planning::shown_at::ShownAt;

/// `sent`, `skipped` ...
pub(crate) const fn treatment(class: Class, treatment: Treatment) -> &'static str {
    match (treatment, class) {
        (Treatment::Send, Class::SeenRecently | Class::OnboardedAgain) => "sent, warned",
        (Treatment::Send, _) => "sent",
        (Treatment::Skip, _) => "skipped",
        (Treatment::Adopt, _) => "adopted",
        (Treatment::Refuse, _) => "REFUSED",
    }
}

/// The name in the list, else in the tenant, else the ID.
pub(crate) fn title(entry: &PlannedEntry) -> String {
    match entry {
        PlannedEntry::Machine(planned) => name(planned),
        PlannedEntry::Name(planned) => in_line(&planned.name.name).into_owned(),
    }
}

/// Why an entry of the list has its class; empty where the class says it all.
pub(crate) fn known(entry: &PlannedEntry, seen: ShownAt<'_>) -> String {
    match entry {
        PlannedEntry::Machine(planned) => machine(planned, seen),
        PlannedEntry::Name(planned) => by_name::fits(&planned.name, seen),
    }
}

fn name(planned: &PlannedMachine) -> String {
    let known = &planned.machine.known;
    let in_tenant = || known.record.as_ref().and_then(|record| record.name.clone());
    let name = known.name.clone().or_else(in_tenant);
    let name = name.unwrap_or_else(|| planned.machine.id.to_string());
    in_line(&name).into_owned()
}

fn machine(planned: &PlannedMachine, seen: ShownAt<'_>) -> String {
    let machine = &planned.machine;
    let record = machine.known.record.as_ref();
    let last_seen = record.and_then(|record| record.last_seen);
    let reported =
        |words: &str| last_seen.map(|at| format!("{words} {}", seen.at(at))).unwrap_or_default();
    // What says so: the list, else the tenant.
    let says_so = listed_classes(&machine.known.listed).any(|class| class == planned.class);
    let listed = |told: &Option<String>, record: Option<&String>| {
        let told = told.as_ref().filter(|_| says_so || record.is_none());
        in_line(told.or(record).map(String::as_str).unwrap_or_default()).into_owned()
    };
    match planned.class {
        // A machine is of no class of names.
        Class::NameAmbiguous | Class::NameNotFound => String::new(),
        Class::Ready | Class::InOtherBatch | Class::NotFound => String::new(),
        Class::Protected => {
            let by = planned.protected.as_ref().map(ToString::to_string).unwrap_or_default();
            in_line(&by).into_owned()
        }
        Class::Inactive => reported("silent since"),
        Class::SeenRecently => reported("reported"),
        Class::OnboardedAgain => {
            let ended = match machine.known.offboarding {
                Offboarding::Ended(at) => format!("offboarded {}, ", seen.at(at)),
                _ => String::new(),
            };
            format!("{ended}{}", reported("reported again"))
        }
        Class::AlreadyRequested => requested(planned, seen),
        Class::NotOnboarded => {
            let status = record.and_then(|record| record.onboarding_status.as_ref());
            spaced(&listed(&machine.known.listed.onboarding_status, status))
        }
        Class::OtherSystem | Class::Unsupported => {
            listed(&machine.known.listed.os_platform, record.and_then(|r| r.os_platform.as_ref()))
        }
        Class::Merged => {
            let into = record.and_then(|record| record.merged_into);
            into.map(|id| format!("merged into {}", short(id))).unwrap_or_default()
        }
        Class::Reimaged => machine.namesake.map_or_else(String::new, |newer| {
            let since = newer.first_seen.map(|at| format!(" since {}", seen.at(at)));
            format!("reports as {}{}", short(newer.id), since.unwrap_or_default())
        }),
        Class::NameDiffers => {
            let there = record.and_then(|record| record.name.clone()).unwrap_or_default();
            format!("in the tenant: {}", in_line(&there))
        }
    }
}

fn requested(planned: &PlannedMachine, seen: ShownAt<'_>) -> String {
    let at = |words: &str, at: Option<Timestamp>| {
        at.map_or_else(|| words.to_owned(), |at| format!("{words} {}", seen.at(at)))
    };
    match (&planned.machine.action, planned.machine.known.offboarding) {
        (Some(action), Offboarding::Active) => {
            let status = match action.status {
                ActionStatus::Pending => "pending".to_owned(),
                ActionStatus::InProgress => "in progress".to_owned(),
                ref other => in_line(other.word()).into_owned(),
            };
            at(&format!("{status} since"), action.created_at)
        }
        (_, Offboarding::Ended(ended)) => at("offboarded", Some(ended)),
        _ => String::new(),
    }
}

/// `CanBeOnboarded` as people read it.
fn spaced(word: &str) -> String {
    let mut text = String::new();
    for (index, letter) in word.char_indices() {
        if index > 0 && letter.is_uppercase() && !text.ends_with(' ') {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// `9f02…77b1`.
pub(crate) fn short(id: MachineId) -> String {
    let id = id.to_string();
    format!("{}…{}", &id[..4], &id[id.len() - 4..])
}
