//! The tenant: its parts, its machines, and the gate that every call passes first.
//!
//! What the calls do stands beside it: `oauth`, `offboard`, `actions`, `inventory`, `log`.
//! Deliberately absent: the time, which is an argument of every call.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::{LimitGroup, MachineId, Timestamp};

use super::action::Actions;
use super::answer::{Refusal, Response, http_date};
use super::arrival::{Passage, ReceivedCall};
use super::device_codes::DeviceCodes;
use super::draw::Draw;
use super::fleet::{Behaviour, LateChange, SimulatedMachine, made_id};
use super::grants::Grants;
use super::options::{RetryAfter, TenantOptions, Unlisted};
use super::quota::{FullWindow, Quota};

/// A tenant in memory: pure and seeded. The same seed, machines, calls and times give the same
/// answers and the same log.
pub struct SimulatedTenant {
    pub(super) options: TenantOptions,
    pub(super) machines: Vec<SimulatedMachine>,
    pub(super) by_machine: HashMap<MachineId, usize>,
    pub(super) actions: Actions,
    pub(super) grants: Grants,
    pub(super) device_codes: DeviceCodes,
    pub(super) log: Vec<ReceivedCall>,
    /// Where links to next pages point; the shell puts its own address here.
    pub(super) api_url: String,
    /// When the tenant was first called.
    pub(super) opened_at: Option<Timestamp>,
    pub(super) late_changes: Vec<LateChange>,
    /// How many rows of the inventory moved from its end to its front.
    pub(super) moved: usize,
    /// Whether the first page of the inventory was asked for, and not the second.
    pub(super) begun_reading: bool,
    /// Machines with an action of somebody else that is not made yet, for want of a time, and how
    /// long before the first call it was made.
    awaited: Vec<(MachineId, Duration)>,
    quotas: [Quota; 3],
    answers: u64,
}

/// How long before the first call an action ended that somebody asked for earlier.
const OFFBOARDED_EARLIER: Duration = Duration::from_hours(10 * 24);

pub(super) enum Denial {
    Refused(Refusal),
    /// 429.
    Full(FullWindow),
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl SimulatedTenant {
    pub fn new(options: TenantOptions) -> Self {
        let quota = || Quota::new(options.limits.clone(), options.counting);
        Self {
            machines: Vec::new(),
            by_machine: HashMap::new(),
            actions: Actions::default(),
            grants: Grants::default(),
            device_codes: DeviceCodes::default(),
            log: Vec::new(),
            api_url: "https://api.security.microsoft.com".to_owned(),
            opened_at: None,
            late_changes: Vec::new(),
            moved: 0,
            begun_reading: false,
            awaited: Vec::new(),
            quotas: [quota(), quota(), quota()],
            answers: 0,
            options,
        }
    }

    /// Adds a machine, or replaces the one of the same ID; an unknown one is left out. A machine of
    /// a sample comes with the other machine that it needs to be what it is.
    pub fn add(&mut self, machine: SimulatedMachine) {
        match machine.behaviour {
            Behaviour::Unknown => return,
            Behaviour::Busy => self.awaited.push((machine.id, Duration::ZERO)),
            Behaviour::OffboardedEarlier | Behaviour::ReturnedEarlier => {
                self.awaited.push((machine.id, OFFBOARDED_EARLIER));
            }
            _ => {}
        }
        if let Some(companion) = machine.companion() {
            self.put(companion);
        }
        self.put(machine);
    }

    /// The machine is this one from now on; an unknown one is gone.
    pub(super) fn replace(&mut self, machine: SimulatedMachine) {
        if machine.behaviour != Behaviour::Unknown {
            self.put(machine);
        } else if let Some(index) = self.by_machine.remove(&machine.id) {
            self.machines.remove(index);
            for place in self.by_machine.values_mut().filter(|place| **place > index) {
                *place -= 1;
            }
        }
    }

    fn put(&mut self, machine: SimulatedMachine) {
        match self.by_machine.get(&machine.id) {
            Some(index) => self.machines[*index] = machine,
            None => {
                self.by_machine.insert(machine.id, self.machines.len());
                self.machines.push(machine);
            }
        }
    }

    /// Adds this many test machines, with IDs derived from the seed.
    pub fn populate(&mut self, others: usize) {
        let seed = self.options.seed;
        for index in 0..others {
            let machine = SimulatedMachine::from_id(made_id(seed, "other", index), None, seed);
            self.add(machine);
        }
    }

    /// Where links to next pages point, without a slash at the end.
    pub fn set_api_url(&mut self, url: String) {
        self.api_url = url;
    }

    /// Gives the app other application permissions: tokens issued from now on carry them.
    pub fn set_roles(&mut self, roles: Vec<String>) {
        self.options.roles = roles;
    }

    /// What every call has to pass: the token, its role, the quota.
    pub(super) fn gate(
        &mut self,
        now: Timestamp,
        authorization: Option<&str>,
        group: LimitGroup,
    ) -> Result<(), Denial> {
        self.grants.check(now, authorization, roles_for(group))?;
        self.quotas[group as usize].admit(now).map_err(Denial::Full)?;
        self.opened_at.get_or_insert(now);
        for (machine, ago) in std::mem::take(&mut self.awaited) {
            self.request_by_other(now, machine, ago);
        }
        self.make_late_changes();
        Ok(())
    }

    /// The answer to a call, after it is in the log.
    pub(super) fn answer(
        &mut self,
        now: Timestamp,
        group: LimitGroup,
        machine: Option<MachineId>,
        outcome: Result<Response, Denial>,
    ) -> Response {
        let response = match outcome {
            Ok(response) => response,
            Err(Denial::Refused(refusal)) => {
                let target = self.correlation_id();
                Response::error(refusal.status, refusal.code, &refusal.message, &target)
            }
            Err(Denial::Full(full)) => self.too_many(now, full),
        };
        let status = response.status;
        // Only an offboard request that made an action is answered so.
        let effect = group == LimitGroup::Posts && status == 201;
        let passage = Passage::Through;
        self.log.push(ReceivedCall { at: now, group, machine, passage, status, effect });
        response
    }

    fn too_many(&self, now: Timestamp, full: FullWindow) -> Response {
        let response = Response::error(429, "429", &full.message(now), &self.options.tenant_id);
        let seconds = full.seconds(now);
        match self.options.counting_answer {
            RetryAfter::Seconds => response.with_header("retry-after", seconds.to_string()),
            RetryAfter::Date => {
                let at = now.plus(Duration::from_secs(seconds));
                response.with_header("retry-after", http_date(at))
            }
            RetryAfter::None => response,
        }
    }

    /// A name for one answer, for a support that will never be called.
    pub(super) fn correlation_id(&mut self) -> String {
        self.answers += 1;
        Draw::new(self.options.seed, "answer", &self.answers.to_le_bytes()).guid().to_string()
    }

    /// Where the machine stands in the list; one that was never added may be made now.
    pub(super) fn find_machine(&mut self, id: MachineId) -> Option<usize> {
        if !self.by_machine.contains_key(&id) && self.options.unlisted == Unlisted::Made {
            self.add(SimulatedMachine::from_id(id, None, self.options.seed));
        }
        self.by_machine.get(&id).copied()
    }
}

/// The application permissions of which one is needed.
const fn roles_for(group: LimitGroup) -> &'static [&'static str] {
    match group {
        LimitGroup::Posts => &["Machine.Offboard"],
        LimitGroup::Reads => {
            &["Machine.Read.All", "Machine.ReadWrite.All", "Machine.Read", "Machine.ReadWrite"]
        }
        LimitGroup::Cancels => &[
            "Machine.CollectForensics",
            "Machine.Isolate",
            "Machine.RestrictExecution",
            "Machine.Scan",
            "Machine.Offboard",
            "Machine.StopAndQuarantine",
            "Machine.LiveResponse",
        ],
    }
}
