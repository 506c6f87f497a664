//! One life of the process: a session over virtual time, that may end between any two steps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mde_offboard::defender::{HttpOutcome, TransportFailure};
use mde_offboard::domain::{
    Answer, BatchFact, Detail, Opening, ReadAnswer, Reply, StoppedBy, Trouble,
};
use mde_offboard::domain::{BatchId, CallId, End, MachineId, ServerClock, Steady, Unreachable};
use mde_offboard::engine::{
    Answered, Arrival, Ask, Assignment, Conclusion, Request, RunOptions, Session, Task, Turn,
};
use mde_offboard::journal::Journal;
use mde_offboard::limiter::{Gate, Pace};

use crate::support::dice::Dice;
use crate::support::machines::machine_id;
use crate::support::world::batch_of;

use super::plan::{Pages, Plan};
use super::server::{Comes, Server};
use super::time::Time;

/// How long a client waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Something that is due at an instant.
enum Due {
    /// A request reaches the server; the answer goes to the process that sent it, while it lives.
    AtServer { life: u32, request: Request },
    /// A call takes effect after all.
    Late { ask: Ask },
    /// An answer reaches the process.
    AtClient { life: u32, call: CallId, answered: Answered },
}

/// How a life of the process ended.
pub(super) enum Life {
    Crashed,
    Concluded(Conclusion),
}

/// A batch being run over a tenant in virtual time.
pub(crate) struct Simulation {
    pub(super) plan: Plan,
    /// Away while a session has it.
    journal: Option<Journal>,
    pub(super) batch: BatchId,
    pub(super) server: Server,
    pub(super) dice: Dice,
    pub(super) time: Time,
    due: BTreeMap<(Steady, u64), Due>,
    sequence: u64,
    life: u32,
    margin: Duration,
    /// Until when there is no network.
    cut_off_until: Steady,
    /// Crash at exactly this step, once.
    pub(crate) crash_at: Option<u64>,
    pub(crate) steps: u64,
    pub(crate) crashes: u32,
    /// Calls were lost with a part of the journal: the windows cannot be kept then.
    pub(super) windows_lost: bool,
    pub(super) rollbacks: u32,
    sent_in_life: BTreeSet<MachineId>,
}

impl Simulation {
    pub(crate) fn new(plan: Plan) -> Self {
        let (journal, batch) = batch_of(plan.machines, &plan.options);
        Self {
            journal: Some(journal),
            batch,
            server: Server::new(&plan),
            dice: Dice::new(plan.seed),
            // Half of the computers do not say how long ago they were started.
            time: Time::new(plan.skew, plan.seed.is_multiple_of(2)),
            due: BTreeMap::new(),
            sequence: 0,
            life: 0,
            margin: Gate::new(&plan.options.gate(Pace::Burst)).margin(),
            cut_off_until: Steady::ORIGIN,
            crash_at: None,
            steps: 0,
            crashes: 0,
            windows_lost: false,
            rollbacks: 0,
            sent_in_life: BTreeSet::new(),
            plan,
        }
    }

    pub(crate) const fn journal(&self) -> &Journal {
        self.journal.as_ref().expect("no session has it")
    }

    pub(super) const fn journal_mut(&mut self) -> &mut Journal {
        self.journal.as_mut().expect("no session has it")
    }

    /// Puts another journal in its place.
    pub(super) fn replace_journal(&mut self, journal: Journal) {
        self.journal = Some(journal);
    }

    pub(super) fn live(&mut self, task: Task) -> Life {
        self.life += 1;
        // Now and then the computer was started again meanwhile.
        self.time.begin_life(self.life.is_multiple_of(3));
        let assignment = Assignment {
            batch: self.batch,
            task,
            command: "resume".to_owned(),
            options: RunOptions { ..self.plan.options.clone() },
            seed: self.dice.next(),
            // As the sign-in shows them, which comes before all else.
            server_clock: Some(ServerClock {
                date: self.time.of_server(),
                wall: self.time.of_process().wall,
            }),
            second_look: self.plan.second_look,
        };
        let mut journal = self.journal.take().expect("no session has it");
        self.sent_in_life.clear();
        let end = self.live_with(&mut journal, &assignment);
        self.journal = Some(journal);
        self.check_canary();
        if matches!(end, Life::Crashed) {
            self.crashes += 1;
        }
        end
    }

    fn live_with(&mut self, journal: &mut Journal, assignment: &Assignment) -> Life {
        let asked_for = 10_000;
        let rows = if self.plan.pages == Pages::Linked { asked_for } else { self.plan.page_rows };
        let session = Session::open(journal, assignment, rows, self.time.of_process());
        let mut session = session.expect("the journal can be taken up");
        if self.step() {
            return Life::Crashed;
        }
        let mut arrivals: Vec<Arrival> = Vec::new();
        loop {
            let now = self.time.of_process();
            for arrival in &arrivals {
                self.begin_to_hide(&arrival.answered);
            }
            let turn = session.turn(now, std::mem::take(&mut arrivals));
            let Turn { requests, wakes_at, conclusion, .. } = turn.expect("the journal is whole");
            if let Some(conclusion) = conclusion {
                return Life::Concluded(conclusion);
            }
            for request in requests {
                if let Ask::Submit { machine, .. } = &request.ask {
                    self.sent_in_life.insert(*machine);
                    let opening = self.plan.options.hours.at(now.wall);
                    assert!(matches!(opening, Opening::Open { .. }), "sent at {}", now.wall);
                }
                if self.step() {
                    return Life::Crashed;
                }
                self.send(request);
            }
            if self.step() {
                return Life::Crashed;
            }
            if self.dice.once_in(self.plan.interrupted) {
                session.stop(End::Interrupted, "Ctrl-C", self.time.of_process());
            }
            let tick = self.time.now.plus(Duration::from_secs(1));
            let wakes_at = wakes_at.map_or(Steady::NEVER, |at| self.time.truly(at));
            let next = self.due.first_key_value().map_or(Steady::NEVER, |((at, _), _)| *at);
            let until = wakes_at.max(self.time.now).min(next);
            assert!(until < Steady::NEVER, "a run that waits for nothing");
            if until >= tick {
                session.tick(self.time.of_process()).expect("the journal can be read");
            }
            self.pass_until(until, &mut arrivals);
        }
    }

    /// While a canary has not passed, and nobody went on without it, only its machines are sent.
    fn check_canary(&self) {
        let facts = self.journal().batch_facts_of(self.batch).expect("readable");
        let is_open = facts.iter().fold(false, |open, (_, fact)| match fact {
            BatchFact::CanaryChosen { .. } => true,
            BatchFact::CanaryPassed | BatchFact::GuardLifted { guard: StoppedBy::Canary, .. } => {
                false
            }
            _ => open,
        });
        if is_open {
            let canary = self.journal().canary(self.batch).expect("readable");
            let is_of_it = |id: &MachineId| canary.iter().any(|machine| machine.id == *id);
            assert!(self.sent_in_life.iter().all(is_of_it), "sent before the canary passed");
        }
    }

    /// Between two steps anything may happen. Whether the process dies.
    pub(super) fn step(&mut self) -> bool {
        /// Far more than a batch needs that makes any headway.
        const STEPS_MAX: u64 = 300_000;
        self.steps += 1;
        assert!(self.steps < STEPS_MAX, "a run without an end");
        if self.dice.once_in(self.plan.clock) {
            self.time.set(&mut self.dice, self.plan.forwards);
        }
        if self.dice.once_in(self.plan.outage) {
            let most = self.dice.one_of(&[5, 60, 24 * 60]);
            self.cut_off_until = self.time.now.plus(self.dice.duration(Duration::from_mins(most)));
        }
        if self.dice.once_in(self.plan.colleague) {
            let machine = self.any_machine();
            self.server.world.request_by_other(self.time.of_server(), machine);
        }
        let crashes = self.crashes < self.plan.crashes_max && self.dice.once_in(self.plan.crash);
        crashes || self.crash_at == Some(self.steps)
    }

    pub(super) fn any_machine(&mut self) -> MachineId {
        let index = self.dice.below(self.plan.machines.into());
        machine_id(u32::try_from(index).expect("one of them"))
    }

    fn later(&mut self, most: Duration) -> Steady {
        self.time.now.plus(self.dice.duration(most))
    }

    fn file(&mut self, at: Steady, due: Due) {
        self.sequence += 1;
        self.due.insert((at, self.sequence), due);
    }

    fn reach(&mut self, at: Steady, life: u32, call: CallId, answered: Answered) {
        self.file(at, Due::AtClient { life, call, answered });
    }

    fn send(&mut self, request: Request) {
        let life = self.life;
        let Request { call, ask } = &request;
        let soon = self.later(Duration::from_millis(50));
        if self.time.now < self.cut_off_until || self.dice.once_in(self.plan.refused) {
            let answered = self.failed(ask, &refused());
            return self.reach(soon, life, *call, answered);
        }
        if self.dice.once_in(self.plan.no_token) {
            let answered = without_token(ask);
            return self.reach(soon, life, *call, answered);
        }
        let lost = self.dice.once_in(self.plan.lost);
        self.server.leaves(self.time.now, ask, !lost);
        if lost {
            let answered = self.failed(ask, &timeout());
            return self.reach(self.time.now.plus(TIMEOUT), life, *call, answered);
        }
        // Slow bytes are under way for no longer than the limiter allows for.
        let most = if self.dice.once_in(8) { self.margin } else { Duration::from_millis(400) };
        let at = self.later(most.min(self.margin));
        self.file(at, Due::AtServer { life, request });
    }

    fn failed(&self, ask: &Ask, failure: &TransportFailure) -> Answered {
        let seen = HttpOutcome::Failed(failure.clone());
        self.server.world.understand(self.time.of_server(), ask, &seen)
    }

    /// True time goes on to `until`; what is due by then happens.
    pub(super) fn pass_until(&mut self, until: Steady, arrivals: &mut Vec<Arrival>) {
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > until {
                break;
            }
            let ((at, _), due) = entry.remove_entry();
            self.time.now = at;
            match due {
                Due::AtServer { life, request } => self.serve(life, request),
                Due::Late { ask } => self.server.comes_late((at, self.time.of_server()), &ask),
                Due::AtClient { life, call, answered } if life == self.life => {
                    arrivals.push(Arrival { call, at: self.time.of_process(), answered });
                }
                // The process that asked is dead.
                Due::AtClient { .. } => {}
            }
        }
        self.time.now = self.time.now.max(until);
    }

    /// The client knows of an action: from this one on, lists show none.
    fn begin_to_hide(&mut self, answered: &Answered) {
        let hidden = &mut self.server.world.hidden_from;
        if let Answered::Submit(Reply { what: Answer::Accepted { action, .. }, .. }) = answered
            && self.plan.hides
            && hidden.is_none()
        {
            *hidden = action.created_at;
        }
    }

    fn serve(&mut self, life: u32, request: Request) {
        let Request { call, ask } = request;
        let (at, now) = (self.time.now, self.time.of_server());
        let lag = match self.plan.lag {
            none if none.is_zero() => none,
            most => self.dice.duration(most),
        };
        let soon = self.later(Duration::from_millis(400));
        match self.server.arrives((at, now), &ask, lag) {
            Comes::Soon(answered) => self.reach(soon, life, call, answered),
            Comes::InVain(answered) => self.reach(at.plus(TIMEOUT), life, call, answered),
            Comes::Late(answered) => {
                let effect_at = self.later(self.plan.late_max);
                self.file(effect_at, Due::Late { ask });
                self.reach(at.plus(TIMEOUT), life, call, answered);
            }
        }
    }
}

fn refused() -> TransportFailure {
    let (code, message) = ("connection_refused", "connection refused".to_owned());
    TransportFailure::NotSent { kind: Unreachable::Connect, code, message }
}

fn timeout() -> TransportFailure {
    TransportFailure::NoAnswer { code: "timeout", message: "no answer in 30s".to_owned() }
}

/// The sign-in was refused: no request leaves.
fn without_token(ask: &Ask) -> Answered {
    let trouble = Trouble::SignIn(Detail::new(Some(401), Some("invalid_client"), "no token"));
    match ask {
        Ask::Submit { .. } => Answered::Submit(unheard(Answer::Trouble(trouble))),
        Ask::Find { .. } | Ask::List { .. } => {
            Answered::Actions(unheard(ReadAnswer::Trouble(trouble)))
        }
        Ask::Cancel { .. } => Answered::Cancel(unheard(ReadAnswer::Trouble(trouble))),
        Ask::Machines { .. } => Answered::Machines(unheard(ReadAnswer::Trouble(trouble))),
    }
}

const fn unheard<T>(what: T) -> Reply<T> {
    Reply { what, heard: false, server_date: None }
}
