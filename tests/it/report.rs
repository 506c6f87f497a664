//! The journal as documents.

mod closing;
mod courses;
mod hostile_pages;
mod listed;
mod outcomes;
mod overviews;
mod pages;
mod pauses;
mod pictures;
mod status;
mod workbooks;

use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use mde_offboard::domain::{
    ActionId, ActionStatus, BatchFact, BatchId, Call, CallId, Comment, Detail, End, Fact,
    LimitGroup, MachineNumber, MarkerSeed, Now, OpeningHours, Realm, Reason, Steady, Tenant,
    Timestamp, Window,
};
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::{
    Changes, Entry, Journal, JournalError, Machine, NewBatch, NewMachine, Runner,
};
use mde_offboard::limiter::{Budget, GateOptions, Guards, Pace};
use mde_offboard::report::{CarriedOption, Commands, Verified};
use mde_offboard::reporter::Zone;

use crate::support::batches::CreatePlanned as _;
use crate::support::batches::{self, new_batch, new_machine};
use crate::support::machines::machine_id as id;

/// Central European time, without the system's own tables.
fn zone() -> Zone {
    Zone::new(TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap())
}

/// For a report that nobody verified.
#[expect(clippy::unnecessary_wraps, reason = "a report asks for it in this form")]
fn unverified(_: &Machine) -> Result<Verified, JournalError> {
    Ok(Verified::default())
}

/// An option that every command of these tests takes.
fn carried(option: &str, value: Option<&str>) -> CarriedOption {
    let all = ["cancel", "report", "resolve", "resume", "retry", "status", "stop", "track"];
    CarriedOption {
        option: option.to_owned(),
        value: value.map(str::to_owned),
        taken_by: all.map(str::to_owned).to_vec(),
    }
}

fn commands() -> Commands {
    Commands::new(vec![carried("--journal", Some("a.db"))])
}

fn defender() -> Budget {
    let limits = Window::DEFENDER.to_vec();
    let options = GateOptions { limits, guards: Guards::Default, pace: Pace::Burst };
    Budget {
        options,
        groups: &[LimitGroup::Posts],
        beside_every: None,
        hours: OpeningHours::default(),
    }
}

/// When the batch is made: 18:40 for people.
fn start() -> Timestamp {
    batches::START
}

/// So many seconds after [`start`].
fn after(seconds: u64) -> Timestamp {
    start().plus(Duration::from_secs(seconds))
}

fn now(seconds: u64) -> Now {
    Now { steady: Steady::from_micros(0), wall: after(seconds), boot: None }
}

fn runner() -> Runner {
    let [host, user] = ["LT-0042", "operator"].map(str::to_owned);
    Runner { pid: 4_312, host, user, ..batches::runner() }
}

/// A journal with a batch, and what happened to it.
struct Book {
    journal: Journal,
    batch: BatchId,
}

impl Book {
    fn new(machines: u32) -> Self {
        Self::of(Journal::in_memory().unwrap(), machines, Realm::Public)
    }

    fn simulated(machines: u32) -> Self {
        Self::of(Journal::in_memory().unwrap(), machines, Realm::Simulator)
    }

    fn run(path: &Path, machines: u32) -> Self {
        Self::of(Journal::open_runner(path, runner()).unwrap(), machines, Realm::Public)
    }

    fn of(journal: Journal, machines: u32, realm: Realm) -> Self {
        let tenant = Tenant { id: "72f988bf-0000-0000-0000-000000000000".to_owned(), realm };
        Self::about(journal, machines, tenant, "fleet.csv")
    }

    fn about(mut journal: Journal, machines: u32, tenant: Tenant, source: &str) -> Self {
        for number in 1..=machines {
            journal.stage(&machine(number)).unwrap();
        }
        let batch = NewBatch {
            tenant,
            api: "https://api.example".to_owned(),
            comment: Some(Comment::parse("Müll in Q4").unwrap()),
            sources: vec![source.to_owned()],
            options: RunOptions::default().to_json(),
            seed: MarkerSeed::parse("9f3kq7tz").unwrap(),
            ..new_batch(0)
        };
        let batch = journal.create_planned(&batch, start()).unwrap();
        let mut book = Self { journal, batch };
        book.batch_fact(0, BatchFact::Started { command: "run".to_owned() });
        book
    }

    /// From now on what happens is about a new batch, of other machines.
    fn another_batch(&mut self, machines: u32) {
        let offset = u32::try_from(self.batch.0).unwrap() * 1_000;
        for number in 1..=machines {
            self.journal.stage(&new_machine(id(offset + number), number)).unwrap();
        }
        let earlier = self.journal.batch(self.batch).unwrap().unwrap();
        let (tenant, options) = (earlier.tenant, earlier.options);
        let seed = u64::from(offset);
        let batch = NewBatch { tenant, options, ..new_batch(seed) };
        self.batch = self.journal.create_planned(&batch, start()).unwrap();
        self.batch_fact(0, BatchFact::Started { command: "run".to_owned() });
    }

    fn commit(&mut self, changes: &Changes) {
        self.journal.commit(changes).unwrap();
    }

    fn batch_fact(&mut self, seconds: u64, fact: BatchFact) {
        let batch_facts = vec![(self.batch, after(seconds), fact)];
        self.commit(&Changes { batch_facts, ..Changes::default() });
    }

    fn ended(&mut self, seconds: u64, end: End) {
        self.batch_fact(seconds, BatchFact::Ended { end, why: None });
    }

    fn fact(&mut self, number: u32, seconds: u64, fact: Fact) {
        let entry =
            Entry { batch: self.batch, number: MachineNumber(number), at: after(seconds), fact };
        self.commit(&Changes { facts: vec![entry], ..Changes::default() });
    }

    /// One POST, answered after a second.
    fn sent(&mut self, number: u32, seconds: u64) {
        self.fact(number, seconds, Fact::Sending);
        let id = CallId(self.batch.0 * 1_000 + i64::from(number));
        let (sent_at, receipt) = (after(seconds), Some(after(seconds + 1).into()));
        let call = Call { id, group: LimitGroup::Posts, sent_at, receipt };
        self.commit(&Changes { calls: vec![call], ..Changes::default() });
    }

    fn accepted(&mut self, number: u32, seconds: u64) {
        self.sent(number, seconds);
        self.accepted_as(&format!("action-{number}"), number, seconds);
    }

    /// Its request of that second was accepted as this action.
    fn accepted_as(&mut self, action: &str, number: u32, seconds: u64) {
        let fact = Fact::Accepted {
            action: ActionId::parse(action).unwrap(),
            status: ActionStatus::Pending,
            adopted: false,
            found: false,
            http_status: Some(201),
            created_at: Some(after(seconds)),
            named_by: None,
        };
        self.fact(number, seconds + 1, fact);
    }

    fn action_ended(&mut self, number: u32, seconds: u64, status: ActionStatus) {
        self.accepted(number, seconds);
        self.fact(number, seconds + 100, Fact::ActionEnded { status, device_error: None });
    }

    fn rejected(&mut self, number: u32, seconds: u64, reason: Reason, code: &str) {
        self.sent(number, seconds);
        let detail = Detail::new(Some(400), Some(code), "Defender's own words");
        self.fact(number, seconds + 1, Fact::Rejected { reason, detail });
    }

    fn held(&mut self, number: u32, seconds: u64) {
        self.sent(number, seconds);
        let detail = Detail::new(None, Some("timeout"), "no answer");
        let doubt = mde_offboard::domain::Doubt::NoAnswer;
        let look_at = after(seconds + 330);
        let uncertain = Fact::Uncertain { doubt, detail: detail.clone(), look_at };
        self.fact(number, seconds + 30, uncertain);
        self.fact(number, seconds + 400, Fact::Held { detail });
    }
}

fn machine(number: u32) -> NewMachine {
    new_machine(id(number), number)
}
