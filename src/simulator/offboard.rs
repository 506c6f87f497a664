//! `POST /api/machines/{id}/offboard`.
//!
//! The checks stand in the order in which they answer. Deliberately absent: what becomes of the
//! action afterwards (`lifecycle`).

use std::time::Duration;

use crate::domain::{LimitGroup, MachineId, Timestamp};

use super::action::TenantAction;
use super::answer::{Refusal, Response};
use super::bodies::{ActionEntity, RequestBody};
use super::draw::Draw;
use super::fleet::{Behaviour, SimulatedMachine};
use super::lifecycle::{Course, fate};
use super::options::AlreadyActive;
use super::tenant::{Denial, SimulatedTenant};

/// Who asked for the action that a busy machine has.
const OTHER_REQUESTOR: &str = "analyst@corp.example";

impl SimulatedTenant {
    /// An offboard request arrives: 201 with a new action, or a refusal. It is not idempotent: a
    /// machine whose action has ended gets another one.
    pub fn offboard(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        machine: &str,
        body: &[u8],
    ) -> Response {
        let id = MachineId::parse(machine).ok();
        let outcome = self.judge(now, authorization, machine, body);
        self.answer(now, LimitGroup::Posts, id, outcome)
    }

    fn judge(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        machine: &str,
        body: &[u8],
    ) -> Result<Response, Denial> {
        self.gate(now, authorization, LimitGroup::Posts)?;
        let comment = required_comment(body)?;
        let id = MachineId::parse(machine).map_err(|error| {
            Refusal::new(400, "InvalidInput", format!("Machine id '{machine}' is invalid: {error}"))
        })?;
        let Some(index) = self.find_machine(id) else {
            let message = format!("Machine {id} was not found");
            return Err(Refusal::new(404, "ResourceNotFound", message).into());
        };
        refuse_unfit(&self.machines[index])?;
        let refuses = self.options.already_active == AlreadyActive::Refused;
        if refuses && self.actions.is_busy(id, now) {
            let message = "Action is already in progress";
            return Err(Refusal::new(400, "ActiveRequestAlreadyExists", message).into());
        }
        let requestor = self.options.client_id.clone();
        // The list is kept in the order of creation, also when the clock is set back.
        let created_at = self.actions.latest().map_or(now, |latest| latest.max(now));
        let action = self.create(created_at, index, requestor, comment);
        Ok(Response::entity(201, "MachineActions", &ActionEntity::new(action, now)))
    }

    /// Somebody else asked for the machine to be offboarded, that long ago; nothing of it is in the
    /// log.
    pub(super) fn request_by_other(&mut self, now: Timestamp, machine: MachineId, ago: Duration) {
        if let Some(index) = self.by_machine.get(&machine).copied() {
            let comment = "Requested in the portal".to_owned();
            self.create(now.minus(ago), index, OTHER_REQUESTOR.to_owned(), comment);
        }
    }

    fn create(
        &mut self,
        created_at: Timestamp,
        machine: usize,
        requestor: String,
        comment: String,
    ) -> &TenantAction {
        let machine = &self.machines[machine];
        let number = u64::try_from(self.actions.len()).unwrap_or(u64::MAX);
        let mut draw = Draw::new(self.options.seed, "action", &number.to_le_bytes());
        let mut lag = Draw::new(self.options.seed, "lag", &number.to_le_bytes());
        let behaviour = match machine.behaviour {
            Behaviour::Normal => {
                let about = machine.id.as_bytes();
                fate(&self.options, &mut Draw::new(self.options.seed, "fate", about))
            }
            other => other,
        };
        // Two simulators of one seed must not give one ID to two machines: a journal that has seen
        // both (two rehearsals) would rightly stop.
        let micros = created_at.as_micros().to_le_bytes();
        let of_action = [&number.to_le_bytes()[..], &micros, machine.id.as_bytes()].concat();
        let action = TenantAction {
            id: Draw::new(self.options.seed, "action ID", &of_action).guid(),
            kind: "Offboard",
            machine: machine.id,
            computer: machine.name.clone(),
            requestor,
            comment,
            created_at,
            listed_at: created_at.plus(self.options.list_lag.mul_f64(lag.share())),
            course: Course::new(created_at, behaviour, &self.options, &mut draw),
            cancellation: None,
        };
        self.actions.push(action)
    }
}

fn required_comment(body: &[u8]) -> Result<String, Refusal> {
    match RequestBody::comment(body)? {
        Some(comment) if !comment.trim().is_empty() => Ok(comment),
        _ => {
            let message = "Required parameter 'Comment' is missing";
            Err(Refusal::new(400, "MissingRequiredParameter", message))
        }
    }
}

fn refuse_unfit(machine: &SimulatedMachine) -> Result<(), Refusal> {
    match machine.behaviour {
        Behaviour::UnsupportedPlatform => {
            let platform = &machine.os_platform;
            let message = format!("OS Platform {platform} isn't supported for this action");
            Err(Refusal::new(400, "OsPlatformNotSupported", message))
        }
        Behaviour::OldSensor => {
            let message = "Offboard is supported on client version 10.3720.16299.98 and above";
            Err(Refusal::new(400, "ClientVersionNotSupported", message))
        }
        _ => Ok(()),
    }
}
