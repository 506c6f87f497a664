//! A server that forgives nothing: it counts every request that was sent, whatever became of it.

use std::collections::BTreeMap;
use std::time::Duration;

use mde_offboard::defender::{BrokenBody, HttpAnswer, HttpOutcome, TransportFailure};
use mde_offboard::domain::{Answer, LimitGroup, MachineId, Steady, Timestamp, Window};
use mde_offboard::engine::{Answered, Ask};
use mde_offboard::simulator::{
    Fault, FaultPlan, PageFault, PlannedCall, Played, Response, Scene, SimulatedMachine,
    TenantOptions,
};

use crate::support::machines::machine_id;
use crate::support::world::{World, seen};

use super::faults::route;
use super::plan::{Pages, Plan};

/// What was done to a machine since it was queued, or queued again.
#[derive(Debug, Clone, Default)]
pub(super) struct Posted {
    /// The action of ours that it has.
    pub(super) action: Option<String>,
    /// When that action was made.
    pub(super) made_at: Option<Steady>,
    /// POSTs that are still to take effect, or to arrive.
    pub(super) under_way: u32,
    /// When the last POST was sent.
    pub(super) sent_at: Option<Steady>,
    /// How often the client heard that there is no such machine.
    pub(super) absent: u32,
}

/// What comes of a request that arrived.
pub(super) enum Comes {
    /// This, soon.
    Soon(Answered),
    /// This, once the client has waited in vain.
    InVain(Answered),
    /// This too; and the call takes effect by itself, later.
    Late(Answered),
}

/// The tenant, what requests meet on their way to it, and the count of them.
pub(super) struct Server {
    pub(super) world: World,
    faults: FaultPlan,
    pub(super) posted: BTreeMap<MachineId, Posted>,
    arrivals: [Vec<Steady>; 3],
    /// The last action that was made, as it was answered.
    last_made: Option<Response>,
    /// What should never have happened.
    pub(super) offences: Vec<String>,
}

impl Server {
    pub(super) fn new(plan: &Plan) -> Self {
        // The count of arrivals is here, so that a late effect takes no slot twice.
        let unlimited = Window::parse("1000000/1s").expect("a limit");
        let options = TenantOptions {
            seed: plan.seed,
            limits: vec![unlimited],
            page_rows: plan.page_rows,
            ..TenantOptions::default()
        };
        let mut world = World::new(options, 0);
        for index in 0..plan.machines {
            let machine = SimulatedMachine::onboarded(machine_id(index), "pc");
            let behaviour = plan.behaviour(index);
            world.tenant.add(SimulatedMachine { behaviour, ..machine });
        }
        world.forgetful = plan.forgetful;
        world.links = plan.pages == Pages::Linked;
        Self {
            world,
            faults: FaultPlan::new(plan.seed, plan.rules.clone()),
            posted: BTreeMap::new(),
            arrivals: Default::default(),
            last_made: None,
            offences: Vec::new(),
        }
    }

    /// A request leaves the process. `arrives`: whether it will reach the server.
    pub(super) fn leaves(&mut self, at: Steady, ask: &Ask, arrives: bool) {
        let Ask::Submit { machine, .. } = ask else { return };
        let posted = self.posted.entry(*machine).or_default();
        if posted.action.is_some() || posted.under_way > 0 {
            let words = format!("{machine} is sent again at {at:?}, after {posted:?}");
            self.offences.push(words);
        }
        let posted = self.posted.entry(*machine).or_default();
        posted.sent_at = Some(at);
        posted.under_way += u32::from(arrives);
    }

    /// It is there.
    pub(super) fn arrives(
        &mut self,
        (at, now): (Steady, Timestamp),
        ask: &Ask,
        lag: Duration,
    ) -> Comes {
        let group = group(ask);
        self.arrivals[group as usize].push(at);
        let machine = if let Ask::Submit { machine, .. } = ask { Some(*machine) } else { None };
        let fault = self.faults.meet(PlannedCall { route: route(group), machine });
        // Half of nothing is nothing: not even the machine that is asked about.
        let hides = matches!(ask, Ask::Find { .. });
        let fault = fault.filter(|fault| *fault != Fault::Page(PageFault::CutShort) || !hides);
        let played = self.play((at, now), ask, fault);
        if let Some(machine) = machine
            && !matches!(played, Played::Late)
        {
            self.has_landed(machine);
        }
        let (seen, waits) = saw(played, now);
        self.world.lag = lag;
        let answered = self.world.understand(now, ask, &seen);
        if let (Some(machine), Answered::Submit(reply)) = (machine, &answered)
            && matches!(reply.what, Answer::Absent(_))
        {
            self.posted.entry(machine).or_default().absent += 1;
        }
        match (waits, fault) {
            (true, Some(Fault::Late)) => Comes::Late(answered),
            (true, _) => Comes::InVain(answered),
            (false, _) => Comes::Soon(answered),
        }
    }

    /// A call takes effect whose client gave it up long ago.
    pub(super) fn comes_late(&mut self, (at, now): (Steady, Timestamp), ask: &Ask) {
        self.call((at, now), ask);
        if let Ask::Submit { machine, .. } = ask {
            self.has_landed(*machine);
        }
    }

    fn has_landed(&mut self, machine: MachineId) {
        self.posted.entry(machine).or_default().under_way -= 1;
    }

    fn play(&mut self, when: (Steady, Timestamp), ask: &Ask, fault: Option<Fault>) -> Played {
        match (fault, &self.last_made) {
            (None, _) => Played::Whole(self.call(when, ask)),
            // A cache between, which answers with what it has: nothing arrives at Defender.
            (Some(Fault::OtherMachine), Some(last)) => Played::Whole(last.clone()),
            (Some(fault), _) => {
                let scene = Scene { now: when.1, elsewhere: "http://127.0.0.1:9" };
                fault.play(scene, || self.call(when, ask))
            }
        }
    }

    fn call(&mut self, (at, now): (Steady, Timestamp), ask: &Ask) -> Response {
        let response = self.world.respond(now, ask);
        if let Ask::Submit { machine, .. } = ask
            && response.status == 201
        {
            let posted = self.posted.entry(*machine).or_default();
            if posted.action.is_some() {
                self.offences.push(format!("{machine} has a second action at {at:?}"));
            }
            posted.action = Some(id_of(&response));
            posted.made_at = Some(at);
            self.last_made = Some(response.clone());
        }
        response
    }

    /// Somebody queued the machine again: another POST is wanted.
    pub(super) fn queued_again(&mut self, machine: MachineId) {
        let posted = self.posted.entry(machine).or_default();
        if posted.under_way > 0 {
            self.offences.push(format!("{machine} is settled, and a POST for it is under way"));
        }
        posted.action = None;
        posted.made_at = None;
        posted.absent = 0;
    }

    /// The most requests of a group that ever arrived within a window.
    pub(super) fn fullest(&self, group: LimitGroup, window: Window) -> usize {
        let mut arrivals = self.arrivals[group as usize].clone();
        arrivals.sort_unstable();
        let mut first = 0;
        let mut most = 0;
        for (last, at) in arrivals.iter().enumerate() {
            while at.since(arrivals[first]) >= window.duration() {
                first += 1;
            }
            most = most.max(last - first + 1);
        }
        most
    }

    /// POSTs that arrived.
    pub(super) const fn posts(&self) -> usize {
        self.arrivals[LimitGroup::Posts as usize].len()
    }
}

fn id_of(response: &Response) -> String {
    let body: serde_json::Value = serde_json::from_slice(&response.body).expect("an action");
    body["id"].as_str().expect("an ID").to_owned()
}

pub(super) const fn group(ask: &Ask) -> LimitGroup {
    match ask {
        Ask::Submit { .. } => LimitGroup::Posts,
        Ask::Find { .. } | Ask::List { .. } | Ask::Machines { .. } => LimitGroup::Reads,
        Ask::Cancel { .. } => LimitGroup::Cancels,
    }
}

/// What the client sees of it, and whether it waits in vain before.
fn saw(played: Played, now: Timestamp) -> (HttpOutcome, bool) {
    /// The client takes no larger answer for one action.
    const LARGEST: usize = 1 << 20;
    let cut = |response: Response, code| {
        let HttpOutcome::Answered(heard) = seen(response) else { unreachable!("it is an answer") };
        let message = "the answer is not whole".to_owned();
        HttpOutcome::Answered(HttpAnswer { body: Err(BrokenBody { code, message }), ..heard })
    };
    let nothing = |code| {
        HttpOutcome::Failed(TransportFailure::NoAnswer { code, message: "no answer".to_owned() })
    };
    match played {
        Played::Whole(response) if response.body.len() > LARGEST => {
            (cut(response, "body_too_large"), false)
        }
        Played::Whole(response) => (dated(seen(response), now), false),
        Played::Reset => (nothing("connection_reset"), false),
        Played::Cut(response) => (cut(response, "unreadable_body"), false),
        Played::Dripped(response) => (cut(response, "timeout"), true),
        Played::Silence | Played::Late => (nothing("timeout"), true),
    }
}

/// A date in `Retry-After` is read against the answer's own.
fn dated(seen: HttpOutcome, now: Timestamp) -> HttpOutcome {
    match seen {
        HttpOutcome::Answered(heard) if heard.retry_after.is_some() => {
            let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
            let date = printer.timestamp_to_rfc9110_string(&now.to_jiff()).expect("a year of ours");
            HttpOutcome::Answered(HttpAnswer { date: Some(date), ..heard })
        }
        other => other,
    }
}
