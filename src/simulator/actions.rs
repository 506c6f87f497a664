//! `GET /api/machineactions`, one of them, and `POST .../cancel`.
//!
//! Deliberately absent: making actions (`offboard`).

use crate::domain::{LimitGroup, MachineId, Timestamp};

use super::action::{Cancellation, TenantAction};
use super::answer::{Refusal, Response};
use super::bodies::{ActionEntity, RequestBody};
use super::draw::Guid;
use super::filter::{self, FilterTerm, Test};
use super::listing::ListQuery;
use super::tenant::{Denial, SimulatedTenant};

/// A filter on actions: what narrows the search, and what is compared row by row.
#[derive(Default)]
struct Wanted {
    machine: Option<MachineId>,
    since: Option<Timestamp>,
    compared: Vec<(Compared, String)>,
}

enum Compared {
    Id,
    Machine,
    Kind,
    Status,
    Requestor,
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let mut wanted = Self::default();
        for FilterTerm { property, test } in filter::parse(text)? {
            let compared = match (property.as_str(), &test) {
                ("machineid", Test::Equals(value)) => {
                    wanted.machine = MachineId::parse(value).ok();
                    Compared::Machine
                }
                ("creationdatetimeutc", Test::NotBefore(at)) => {
                    wanted.since = wanted.since.max(Some(*at));
                    continue;
                }
                ("id", Test::Equals(_)) => Compared::Id,
                ("type", Test::Equals(_)) => Compared::Kind,
                ("status", Test::Equals(_)) => Compared::Status,
                ("requestor", Test::Equals(_)) => Compared::Requestor,
                _ => return Err(filter::unreadable(text)),
            };
            if let Test::Equals(value) = test {
                wanted.compared.push((compared, value));
            }
        }
        Ok(wanted)
    }

    fn fits(&self, action: &TenantAction, now: Timestamp) -> bool {
        let equal = |(compared, value): &(Compared, String)| match compared {
            Compared::Id => Guid::parse(value) == Some(action.id),
            Compared::Machine => MachineId::parse(value) == Ok(action.machine),
            Compared::Kind => action.kind == value,
            Compared::Status => action.status(now).word() == value,
            Compared::Requestor => action.requestor == *value,
        };
        action.listed_at <= now
            && self.since.is_none_or(|since| action.created_at >= since)
            && self.compared.iter().all(equal)
    }
}

impl SimulatedTenant {
    /// One page of the actions that fit the filter, newest first.
    pub fn actions(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        query: &ListQuery,
    ) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Reads);
        let outcome = admitted.and_then(|()| self.list_actions(now, query).map_err(Denial::from));
        self.answer(now, LimitGroup::Reads, None, outcome)
    }

    pub fn action(&mut self, now: Timestamp, authorization: Option<&str>, id: &str) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Reads);
        let outcome = admitted.and_then(|()| {
            let action = Guid::parse(id).and_then(|id| self.actions.get(id));
            let action = action.ok_or_else(|| unknown_action(id))?;
            Ok(Response::entity(200, "MachineActions", &ActionEntity::new(action, now)))
        });
        self.answer(now, LimitGroup::Reads, None, outcome)
    }

    /// Takes an action back that has not ended: 200 with the action, now `Cancelled`.
    pub fn cancel(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        id: &str,
        body: &[u8],
    ) -> Response {
        let admitted = self.gate(now, authorization, LimitGroup::Cancels);
        let outcome = admitted.and_then(|()| self.take_back(now, id, body).map_err(Denial::from));
        let machine = Guid::parse(id).and_then(|id| self.actions.get(id));
        let machine = machine.map(|action| action.machine);
        self.answer(now, LimitGroup::Cancels, machine, outcome)
    }

    fn list_actions(&self, now: Timestamp, query: &ListQuery) -> Result<Response, Refusal> {
        let extent = query.extent(self.options.page_rows)?;
        let wanted = Wanted::parse(query.filter.as_deref().unwrap_or_default())?;
        let fits = |action: &&TenantAction| wanted.fits(action, now);
        let (rows, next) = match wanted.machine {
            Some(machine) => extent.cut(self.actions.of_machine(machine).filter(fits)),
            None => {
                let since = wanted.since.unwrap_or(Timestamp::from_micros(i64::MIN));
                extent.cut(self.actions.since(since).filter(fits))
            }
        };
        let rows: Vec<_> = rows.into_iter().map(|row| ActionEntity::new(row, now)).collect();
        let link = next
            .map(|skip| format!("{}/api/machineactions?{}", self.api_url, query.following(skip)));
        Ok(Response::list("MachineActions", &rows, link))
    }

    fn take_back(&mut self, now: Timestamp, id: &str, body: &[u8]) -> Result<Response, Refusal> {
        let comment = optional_comment(body)?;
        let requestor = self.options.client_id.clone();
        let action = Guid::parse(id).and_then(|id| self.actions.get_mut(id));
        let action = action.ok_or_else(|| unknown_action(id))?;
        let status = action.status(now);
        if status.is_final() {
            let message =
                format!("Machine action {id} cannot be cancelled: it is {}", status.word());
            return Err(Refusal::new(400, "BadRequest", message));
        }
        action.course.cancel(now);
        action.cancellation = Some(Cancellation { requestor, comment, at: now });
        Ok(Response::entity(200, "MachineActions", &ActionEntity::new(action, now)))
    }
}

fn unknown_action(id: &str) -> Refusal {
    Refusal::new(404, "ResourceNotFound", format!("Machine action {id} was not found"))
}

/// Microsoft's page does not call the comment of a cancel required.
fn optional_comment(body: &[u8]) -> Result<Option<String>, Refusal> {
    if body.is_empty() {
        return Ok(None);
    }
    RequestBody::comment(body)
}
