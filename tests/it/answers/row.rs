//! One row: what the server does, and what has to come of it. Driven over a socket, checked against
//! the server, the conclusion and the journal, which is read from the disk again.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use mde_offboard::cli::Exit;
use mde_offboard::defender::{Defender, Settings};
use mde_offboard::domain::{
    ActionStatus, BatchId, End, Fact, MachineNumber, Missing, State, Window,
};
use mde_offboard::engine::{Clock, Conclusion, EngineError, RunOptions, StopSignal, drive};
use mde_offboard::event::{Event, Observer, Snapshot};
use mde_offboard::journal::{Journal, Machine};
use mde_offboard::remote::Remote;
use tempfile::TempDir;

use crate::defender::server::{Act, PATIENCE, settings};
use crate::support::batches::runner;
use crate::support::journals::open_runner;
use crate::support::world::{add_batch, assignment};

use super::tenant::{Asked, Effect, Lists, Play, Post, Posts, Tenant, accepted, honest};

/// No row takes longer, also on a busy machine.
const LONGEST: Duration = Duration::from_mins(2);

/// What happens, and what has to come of it for one machine and for the run.
pub(super) struct Row {
    pub(super) name: String,
    machines: u32,
    victim: u32,
    posts: Posts,
    lists: Lists,
    timeout: Duration,
    pub(super) options: RunOptions,
    expected: Expected,
}

struct Expected {
    state: State,
    posts: usize,
    facts: &'static str,
    end: End,
    exit: u8,
    others: Option<State>,
}

/// Settle times of a fraction of a second, one request at a time, in the order of the input.
pub(super) fn quick() -> RunOptions {
    RunOptions {
        limits: vec![Window::new(1_000, Duration::from_secs(1)).unwrap()],
        concurrency: 1,
        settle: Duration::from_millis(200),
        poll_interval: Duration::from_millis(50),
        offline_timeout: Some(Duration::from_secs(30)),
        ..RunOptions::default()
    }
}

impl Row {
    /// Two machines; `posts` answers the first one's, the second one's are accepted. Unless more is
    /// said, it ends well with one POST.
    pub(super) fn new(
        name: impl Into<String>,
        posts: impl Fn(&Post) -> Play + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            machines: 2,
            victim: 0,
            posts: Arc::new(move |post| if post.index == 0 { posts(post) } else { accepted(post) }),
            lists: Arc::new(honest),
            timeout: PATIENCE,
            options: quick(),
            expected: Expected {
                state: State::Succeeded,
                posts: 1,
                facts: "sending accepted succeeded",
                end: End::Settled,
                exit: 0,
                others: Some(State::Succeeded),
            },
        }
    }

    /// So many machines, all answered by `posts`; what has to come of it is said of the `victim`th.
    pub(super) fn of_many(
        name: impl Into<String>,
        (machines, victim): (u32, u32),
        posts: impl Fn(&Post) -> Play + Send + Sync + 'static,
    ) -> Self {
        Self { machines, victim, posts: Arc::new(posts), ..Self::new(name, accepted) }
    }

    /// What lists show.
    pub(super) fn lists(
        mut self,
        lists: impl Fn(&Asked, &[Effect]) -> Act + Send + Sync + 'static,
    ) -> Self {
        self.lists = Arc::new(lists);
        self
    }

    /// The client gives a request up after a second: long enough for an answer that comes.
    pub(super) fn impatient(mut self) -> Self {
        self.timeout = Duration::from_secs(1);
        self
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut RunOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// The machine's state, the POSTs for it, and its facts in the journal.
    pub(super) fn comes_to(mut self, state: State, posts: usize, facts: &'static str) -> Self {
        self.expected = Expected { state, posts, facts, ..self.expected };
        self
    }

    /// How the run ends, and the exit code.
    pub(super) fn ends(mut self, end: End, exit: u8) -> Self {
        self.expected = Expected { end, exit, ..self.expected };
        self
    }

    /// Where every other machine stands at the end; none: not all of them at one place.
    pub(super) fn others(mut self, state: impl Into<Option<State>>) -> Self {
        self.expected.others = state.into();
        self
    }

    /// The server of this row.
    pub(super) async fn tenant(&self) -> Tenant {
        Tenant::start(Arc::clone(&self.posts), Arc::clone(&self.lists)).await
    }

    /// Drives the batch and compares.
    pub(super) async fn check(self) -> Outcome {
        let tenant = self.tenant().await;
        let url = tenant.server.url();
        let remote = Defender::new(Settings { timeout: self.timeout, ..settings(&url) }).unwrap();
        self.check_with(tenant, &remote).await
    }

    /// The same, with a client of the caller's.
    pub(super) async fn check_with(self, tenant: Tenant, remote: &impl Remote) -> Outcome {
        let mut desk = Desk::new(self.machines, &self.options);
        let name = &self.name;
        let conclusion = desk.drive(remote, &self.options).await;
        let conclusion = conclusion.unwrap_or_else(|error| panic!("{name}: {error}"));
        let exit = Exit::of_batch(Some(conclusion.end), &conclusion.counts).code();
        let mut machines = desk.reread();
        let victim = machines.remove(usize::try_from(self.victim).unwrap());
        let facts = desk.facts(self.victim);
        let Expected { state, posts, facts: told, end, exit: code, others } = self.expected;
        {
            let truth = tenant.truth();
            let heard = |machine: &Machine| {
                let id = machine.id.to_string();
                truth.posts.iter().filter(|post| post.machine == id).count()
            };
            let why = &conclusion.why;
            let shown = format!("{name}: {facts:?}, {} POSTs, {why:?}", heard(&victim));
            assert_eq!((victim.standing.state, facts.as_str()), (state, told), "{shown}");
            assert_eq!(heard(&victim), posts, "{shown}");
            assert_eq!((conclusion.end, exit), (end, code), "{shown}");
            for machine in machines.iter().chain([&victim]) {
                let attempts = usize::try_from(machine.standing.attempts).unwrap();
                assert!(heard(machine) <= attempts, "a POST without an intent: {shown}");
            }
            let states = machines.iter().map(|machine| machine.standing.state);
            let strays = states.filter(|state| others.is_some_and(|others| others != *state));
            let strays: Vec<_> = strays.collect();
            assert!(strays.is_empty(), "others should be {others:?}: {strays:?}; {shown}");
            let ids = truth.effects.iter().map(|effect| &effect.machine);
            let mut ids: Vec<_> = ids.collect();
            ids.sort();
            assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "two effects: {shown}");
        }
        Outcome { tenant, victim, conclusion, events: desk.events.take() }
    }
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) tenant: Tenant,
    pub(super) victim: Machine,
    pub(super) conclusion: Conclusion,
    /// What was told.
    pub(super) events: Vec<Event>,
}

impl Outcome {
    /// What the journal has of the last answer that was worth telling: its status and its code.
    pub(super) fn told(&self) -> (Option<u16>, &str) {
        let detail = self.victim.standing.detail.as_ref();
        detail.map_or((None, ""), |detail| (detail.http_status, detail.code()))
    }
}

/// A journal on disk with one batch.
pub(super) struct Desk {
    folder: TempDir,
    journal: Option<Journal>,
    batch: BatchId,
    /// What was told.
    events: Rc<RefCell<Vec<Event>>>,
}

/// Keeps what is told.
struct Keeper(Rc<RefCell<Vec<Event>>>);

impl Observer for Keeper {
    fn event(&mut self, event: &Event) {
        self.0.borrow_mut().push(event.clone());
    }

    fn tick(&mut self, _: &Snapshot) {}
}

impl Desk {
    pub(super) fn new(machines: u32, options: &RunOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(&folder);
        let batch = add_batch(&mut journal, machines, options);
        Self { folder, journal: Some(journal), batch, events: Rc::default() }
    }

    /// One run, as `run` or `resume` makes it. Dropped half-way it is a crash.
    pub(super) async fn drive(
        &mut self,
        remote: &impl Remote,
        options: &RunOptions,
    ) -> Result<Conclusion, EngineError> {
        let Self { folder, journal, batch, events } = self;
        let journal = journal.get_or_insert_with(|| open(folder));
        let assignment = assignment(*batch, options);
        let (clock, stop) = (Clock::new(), StopSignal::new());
        let mut observers: [Box<dyn Observer>; 1] = [Box::new(Keeper(Rc::clone(events)))];
        let run = drive(journal, remote, &assignment, &mut observers, &clock, stop);
        tokio::time::timeout(LONGEST, run).await.expect("it comes to an end")
    }

    /// What a crash leaves: the files.
    pub(super) fn crash(&mut self) {
        self.journal = None;
    }

    /// The machines as the disk has them, checked against their facts and the audit chain.
    pub(super) fn reread(&mut self) -> Vec<Machine> {
        self.journal = None;
        let journal = self.reader();
        journal.verify_rows(self.batch).unwrap();
        journal.verify_chain().unwrap();
        let total = journal.batch(self.batch).unwrap().unwrap().total;
        let machine = |number| {
            let number = MachineNumber(u32::try_from(number).unwrap());
            journal.machine(self.batch, number).unwrap().unwrap()
        };
        (1..=total).map(machine).collect()
    }

    /// The facts of the `index`th machine, in a word each.
    pub(super) fn facts(&self, index: u32) -> String {
        let facts = self.reader().facts_of(self.batch, MachineNumber(index + 1)).unwrap();
        facts.iter().map(|(_, fact)| word(fact)).collect::<Vec<_>>().join(" ")
    }

    fn reader(&self) -> Journal {
        Journal::open_reader(&self.folder.path().join("journal.db")).unwrap()
    }
}

fn open(folder: &TempDir) -> Journal {
    open_runner(&folder.path().join("journal.db"), &runner())
}

fn word(fact: &Fact) -> &'static str {
    match fact {
        Fact::Sending => "sending",
        Fact::Accepted { adopted: false, found: false, .. } => "accepted",
        Fact::Accepted { adopted: true, found: false, .. } => "adopted",
        Fact::Accepted { adopted: false, found: true, .. } => "found",
        Fact::Accepted { adopted: true, found: true, .. } => "found-adopted",
        Fact::Rejected { .. } => "rejected",
        Fact::Retrying { counts: true, .. } => "retrying",
        Fact::Retrying { counts: false, .. } => "retrying-free",
        Fact::Uncertain { .. } => "uncertain",
        Fact::Missing(Missing::Again { .. }) => "missing",
        Fact::Missing(Missing::Resend) => "resend",
        Fact::Held { .. } => "held",
        Fact::ActionUpdated { .. } => "updated",
        Fact::ActionEnded { status: ActionStatus::Succeeded, .. } => "succeeded",
        Fact::ActionEnded { .. } => "ended",
        _ => "other",
    }
}

/// Checks rows side by side: most of their time is waiting.
pub(super) async fn check_all(rows: impl IntoIterator<Item = Row>) -> Vec<Outcome> {
    futures::future::join_all(rows.into_iter().map(Row::check)).await
}
