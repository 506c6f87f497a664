//! Each machine of a list gets its class, and the journal the verdicts.

use crate::domain::{Reason, Tenant, Timestamp};
use crate::guard::{Class, Offboarding, ProtectList, ProtectedBy, Treatment, Treatments};
use crate::intake::listed_entries;
use crate::journal::{ComparedMachine, Journal, JournalError, PlanVerdict};

use super::entry::{PlannedEntry, PlannedMachine, PlannedName};
use super::remarks::Remarks;

/// What a plan is made by, beside what is staged and what the tenant said.
#[derive(Debug, Clone, Copy)]
pub struct PlanRequest<'a> {
    pub tenant: &'a Tenant,
    pub treatments: &'a Treatments,
    /// What must never be offboarded.
    pub protect: Option<&'a ProtectList>,
    pub now: Timestamp,
}

/// The machines of one class that are treated alike, or the names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedClass {
    pub class: Class,
    pub treatment: Treatment,
    pub machines: u64,
    /// The first one of the list.
    pub example: PlannedEntry,
}

/// What would be done with a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order of [`Treatment::ALL`], and then of [`Class::ALL`]; none is empty.
    pub classes: Vec<PlannedClass>,
    pub remarks: Remarks,
}

impl Plan {
    /// Machines of the list, and names that are not those of one machine.
    pub fn machines(&self) -> u64 {
        self.count_where(|_| true)
    }

    pub fn count(&self, treatment: Treatment) -> u64 {
        self.count_where(|planned| planned.treatment == treatment)
    }

    pub fn of_class(&self, class: Class) -> u64 {
        self.count_where(|planned| planned.class == class)
    }

    /// Names that are left out, since they are not those of one machine.
    pub fn names_left_out(&self) -> u64 {
        self.count_where(|planned| {
            planned.class.is_of_names() && planned.treatment == Treatment::Skip
        })
    }

    fn count_where(&self, is: impl Fn(&PlannedClass) -> bool) -> u64 {
        self.classes.iter().filter(|planned| is(planned)).map(|planned| planned.machines).sum()
    }

    fn count_in(&mut self, entry: PlannedEntry) {
        let (class, treatment) = (entry.class(), entry.treatment());
        let key = |planned: &PlannedClass| (planned.treatment as u8, planned.class);
        match self.classes.binary_search_by_key(&(treatment as u8, class), key) {
            Ok(index) => self.classes[index].machines += 1,
            Err(index) => {
                let planned = PlannedClass { class, treatment, machines: 1, example: entry };
                self.classes.insert(index, planned);
            }
        }
    }
}

/// Judges each staged machine, keeps the verdicts for the batch, and shows each to `visit`; then
/// each name that is not that of one machine.
///
/// # Errors
/// [`JournalError`] where the temporary tables cannot be used; the visitor's own.
pub fn make<E: From<JournalError>>(
    journal: &Journal,
    request: &PlanRequest<'_>,
    mut visit: impl FnMut(&PlannedEntry) -> Result<(), E>,
) -> Result<Plan, E> {
    let mut plan = Plan::default();
    journal.each_compared(request.tenant, |machine| {
        let planned = judge(request, machine);
        let last_seen = planned.machine.known.record.as_ref().and_then(|record| record.last_seen);
        journal.keep_verdict(planned.machine.number, &verdict(&planned), last_seen)?;
        if planned.treatment == Treatment::Send {
            plan.remarks.count(planned.machine.known.record.as_ref());
        }
        let entry = PlannedEntry::Machine(Box::new(planned));
        visit(&entry)?;
        plan.count_in(entry);
        Ok::<(), E>(())
    })?;
    journal.each_unresolved(|name| {
        let treatment = request.treatments.of(name.class);
        let entry = PlannedEntry::Name(PlannedName { name, treatment });
        visit(&entry)?;
        plan.count_in(entry);
        Ok::<(), E>(())
    })?;
    Ok(plan)
}

fn judge(request: &PlanRequest<'_>, mut machine: ComparedMachine) -> PlannedMachine {
    let protected = request.protect.and_then(|list| protected_by(list, &machine));
    machine.known.is_protected = protected.is_some();
    let mut classes = machine.known.classes(request.now);
    // One of its rows may say more than the one that counts.
    classes.extend(machine.skip.and_then(|reason| Class::from_word(reason.word())));
    let ended = matches!(machine.known.offboarding, Offboarding::Ended(_));
    if request.treatments.sends_again() && ended {
        classes.retain(|class| *class != Class::AlreadyRequested);
    }
    // What was only this is nothing worse than that.
    let nothing_else = (Class::Ready, request.treatments.of(Class::Ready));
    let (class, treatment) = request.treatments.decide(&classes).unwrap_or(nothing_else);
    PlannedMachine { machine, class, treatment, protected }
}

/// What protects a machine, by all that list and tenant say of it.
fn protected_by(list: &ProtectList, machine: &ComparedMachine) -> Option<ProtectedBy> {
    let (known, record) = (&machine.known, machine.known.record.as_ref());
    let in_tenant = record.and_then(|record| record.name.as_deref());
    let names: Vec<&str> = known.name.as_deref().into_iter().chain(in_tenant).collect();
    let mut tags = known.listed.tags.as_deref().map(listed_entries).unwrap_or_default();
    tags.extend(record.iter().flat_map(|record| record.tags.iter().cloned()));
    let group = record.and_then(|record| record.group.as_deref());
    let groups: Vec<&str> = known.listed.group.as_deref().into_iter().chain(group).collect();
    list.protects(machine.id, &names, &tags, &groups)
}

fn verdict(planned: &PlannedMachine) -> PlanVerdict {
    match (planned.treatment, &planned.machine.action) {
        (Treatment::Send, _) => PlanVerdict::Send,
        (Treatment::Adopt, Some(action)) => PlanVerdict::Adopt(action.id.clone()),
        // Only the journal knows of it.
        (Treatment::Adopt, None) => PlanVerdict::Skip(Reason::AlreadySucceeded),
        // Nothing is queued where one is refused.
        (Treatment::Skip | Treatment::Refuse, _) => PlanVerdict::Skip(planned.class.reason()),
    }
}
