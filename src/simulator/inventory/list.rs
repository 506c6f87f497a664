//! `GET /api/machines` and one of them; changes of machines while the tenant lives.
//!
//! Deliberately absent: the other ways to search.

use crate::domain::{LimitGroup, MachineId, Timestamp};
use crate::simulator::answer::{Refusal, Response};
use crate::simulator::filter::{self, FilterTerm, Test};
use crate::simulator::fleet::{LateChange, SimulatedMachine, Traits};
use crate::simulator::listing::ListQuery;
use crate::simulator::options::Shifting;
use crate::simulator::tenant::{Denial, SimulatedTenant};

use super::entity::MachineEntity;

impl SimulatedTenant {
    /// One page of the machines that fit the filter, in the order in which they were added. As
    /// documented, a list without any machine is a 404; beyond the last one it is empty.
    pub fn machines(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        query: &ListQuery,
    ) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Reads);
        let outcome = admitted.and_then(|()| self.list_machines(now, query).map_err(Denial::from));
        self.answer(now, LimitGroup::Reads, None, outcome)
    }

    /// One machine, by its ID or by its whole name.
    pub fn machine(&mut self, now: Timestamp, authorization: Option<&str>, id: &str) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Reads);
        let parsed = MachineId::parse(id).ok();
        let outcome = admitted.and_then(|()| {
            let index = match parsed {
                Some(id) => self.find_machine(id),
                None => self.machines.iter().position(|each| each.name.eq_ignore_ascii_case(id)),
            };
            let Some(index) = index else {
                let message = format!("Machine {id} was not found");
                return Err(Refusal::new(404, "ResourceNotFound", message).into());
            };
            let entity = MachineEntity::new(self, &self.machines[index], now);
            Ok(Response::entity(200, "Machines", &entity))
        });
        self.answer(now, LimitGroup::Reads, parsed, outcome)
    }

    /// A machine becomes another once this many calls have arrived.
    pub fn change_later(&mut self, change: LateChange) {
        self.late_changes.push(change);
    }

    /// Makes the changes that are due.
    pub(in crate::simulator) fn make_late_changes(&mut self) {
        let calls = u64::try_from(self.log.len()).unwrap_or(u64::MAX);
        let changes = std::mem::take(&mut self.late_changes);
        let (due, later) = changes.into_iter().partition(|change| change.after_calls <= calls);
        self.late_changes = later;
        for change in due {
            self.replace(change.machine);
        }
    }

    fn list_machines(&mut self, now: Timestamp, query: &ListQuery) -> Result<Response, Refusal> {
        let extent = query.extent(self.options.page_rows)?;
        let text = query.filter.as_deref().unwrap_or_default();
        let conditions = filter::parse(text)?;
        if !conditions.iter().all(is_known) {
            return Err(filter::unreadable(text));
        }
        if conditions.is_empty() {
            self.shift(extent.skip());
        }
        let fits = |machine: &&SimulatedMachine| {
            conditions.iter().all(|each| self.fits(machine, each, now))
        };
        if !self.in_order().any(|machine| fits(&machine)) {
            return Err(Refusal::new(404, "ResourceNotFound", "No machine was found"));
        }
        let (rows, next) = extent.cut(self.in_order().filter(fits));
        let row = |machine| MachineEntity::new(self, machine, now);
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        let link =
            next.map(|skip| format!("{}/api/machines?{}", self.api_url, query.following(skip)));
        Ok(Response::list("Machines", &rows, link))
    }

    /// The list's order: that in which they were added, turned by as many rows as moved.
    fn in_order(&self) -> impl Iterator<Item = &SimulatedMachine> {
        let middle = self.machines.len() - self.moved % self.machines.len().max(1);
        let (first, moved) = self.machines.split_at(middle);
        moved.iter().chain(first)
    }

    /// Before the second page of a reading, the last row moves to the front: one row is on two
    /// pages, and another on none.
    fn shift(&mut self, skip: usize) {
        let shifts = match self.options.shifting {
            Shifting::Never => false,
            Shifting::Once => self.moved == 0,
            Shifting::Always => true,
        };
        if skip == 0 {
            self.begun_reading = true;
        } else if std::mem::take(&mut self.begun_reading) && shifts {
            self.moved += 1;
        }
    }

    fn fits(&self, machine: &SimulatedMachine, condition: &FilterTerm, now: Timestamp) -> bool {
        let Test::Equals(value) = &condition.test else { return false };
        match condition.property.as_str() {
            "id" => MachineId::parse(value).is_ok_and(|id| id == machine.id),
            "computerdnsname" => machine.name == *value,
            "osplatform" => machine.os_platform == *value,
            "machinetags" => machine.tags.contains(value),
            "onboardingstatus" => {
                self.reported(machine, &Traits::of(machine), now).onboarding == value
            }
            "healthstatus" => self.reported(machine, &Traits::of(machine), now).health == value,
            _ => false,
        }
    }
}

fn is_known(condition: &FilterTerm) -> bool {
    const KNOWN: [&str; 6] =
        ["id", "computerdnsname", "osplatform", "machinetags", "onboardingstatus", "healthstatus"];
    matches!(condition.test, Test::Equals(_)) && KNOWN.contains(&condition.property.as_str())
}
