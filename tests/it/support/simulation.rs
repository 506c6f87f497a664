//! A whole run without a runtime: sessions over a virtual clock, with crashes between any two
//! steps, lost answers, lost requests and late effects.

use std::collections::BTreeMap;
use std::time::Duration;

use mde_offboard::domain::{
    Answer, BatchId, Detail, Doubt, Now, Page, Reading, Reply, Steady, Trouble, Unreachable,
};
use mde_offboard::engine::{
    Answered, Arrival, Ask, Assignment, Conclusion, Request, RunOptions, Session, Task,
};
use mde_offboard::journal::Journal;

use super::dice::Dice;
use super::world::{START, World};

/// What goes wrong, each once in so many times; 0: never.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    /// The request never arrives, and it is certain.
    pub(crate) refused: u64,
    /// The request never arrives, and nobody can tell.
    pub(crate) lost: u64,
    /// It arrives and takes effect; the answer is lost.
    pub(crate) unanswered: u64,
    /// The process dies after a commit, before or after some of its requests left.
    pub(crate) crash: u64,
}

/// Something that is due at an instant of virtual time.
enum Due {
    /// A request reaches the server; the answer comes back to the process that sent it, if it still
    /// lives and the answer is not lost.
    AtServer { life: u32, request: Request, answer: Way },
    /// An answer reaches the process.
    AtClient { life: u32, arrival: Arrival },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Comes,
    Lost,
}

/// A batch being run over a tenant in virtual time.
pub(crate) struct Simulation {
    pub(crate) journal: Journal,
    pub(crate) world: World,
    batch: BatchId,
    options: RunOptions,
    faults: Faults,
    dice: Dice,
    now: Steady,
    due: BTreeMap<(Steady, u64), Due>,
    sequence: u64,
    life: u32,
    /// Crash at exactly this step, once.
    pub(crate) crash_at: Option<u64>,
    pub(crate) steps: u64,
    pub(crate) crashes: u32,
}

/// How a life of the process ended.
enum Life {
    Crashed,
    Concluded(Conclusion),
}

impl Simulation {
    pub(crate) fn new(
        (journal, batch): (Journal, BatchId),
        world: World,
        options: RunOptions,
        faults: Faults,
        seed: u64,
    ) -> Self {
        Self {
            journal,
            world,
            batch,
            options,
            faults,
            dice: Dice::new(seed),
            now: Steady::ORIGIN,
            due: BTreeMap::new(),
            sequence: 0,
            life: 0,
            crash_at: None,
            steps: 0,
            crashes: 0,
        }
    }

    /// Lives until one of them concludes.
    pub(crate) fn run(&mut self) -> Conclusion {
        const LIVES_MAX: u32 = 10_000;
        for life in 0..LIVES_MAX {
            self.life = life;
            match self.live() {
                Life::Concluded(conclusion) => return conclusion,
                Life::Crashed => {
                    self.crashes += 1;
                    let pause = Duration::from_millis(self.dice.below(120_000));
                    self.pass_until(self.now.plus(pause), &mut Vec::new());
                }
            }
        }
        panic!("no life of {LIVES_MAX} came to an end");
    }

    fn now(&self) -> Now {
        Now { steady: self.now, wall: START.plus(self.now.since(Steady::ORIGIN)) }
    }

    fn live(&mut self) -> Life {
        let assignment = Assignment {
            batch: self.batch,
            task: Task::Send,
            command: "run".to_owned(),
            options: self.options.clone(),
            seed: self.dice.next(),
        };
        let page_rows = self.world.page_rows();
        // The session borrows the journal for its life; the rest of the world goes on beside it.
        let mut journal = std::mem::replace(
            &mut self.journal,
            Journal::in_memory().expect("a journal in memory"),
        );
        let end = self.live_with(&mut journal, &assignment, page_rows);
        self.journal = journal;
        end
    }

    fn live_with(
        &mut self,
        journal: &mut Journal,
        assignment: &Assignment,
        page_rows: usize,
    ) -> Life {
        let session = Session::open(journal, assignment, page_rows, self.now());
        let mut session = session.expect("the journal can be taken up");
        if self.crashes_now() {
            return Life::Crashed;
        }
        let mut arrivals = Vec::new();
        loop {
            let turn = session.turn(self.now(), std::mem::take(&mut arrivals));
            let turn = turn.expect("the journal can be written");
            if let Some(conclusion) = turn.conclusion {
                return Life::Concluded(conclusion);
            }
            for request in turn.requests {
                if self.crashes_now() {
                    return Life::Crashed;
                }
                self.send(request);
            }
            if self.crashes_now() {
                return Life::Crashed;
            }
            let tick = self.now.plus(Duration::from_secs(1));
            let wakes_at = turn.wakes_at.unwrap_or(Steady::NEVER).max(self.now);
            let next = self.due.first_key_value().map_or(Steady::NEVER, |((at, _), _)| *at);
            let until = wakes_at.min(next);
            assert!(until < Steady::NEVER, "a run that waits for nothing: {:?}", self.now);
            if until >= tick {
                session.tick(self.now()).expect("the journal can be read");
            }
            self.pass_until(until, &mut arrivals);
        }
    }

    /// Counts a step at which the process may die.
    fn crashes_now(&mut self) -> bool {
        self.steps += 1;
        self.crash_at == Some(self.steps) || self.dice.once_in(self.faults.crash)
    }

    fn later(&mut self, most: Duration) -> Steady {
        let most = u64::try_from(most.as_micros()).expect("short");
        self.now.plus(Duration::from_micros(1 + self.dice.below(most)))
    }

    fn file(&mut self, at: Steady, due: Due) {
        self.sequence += 1;
        self.due.insert((at, self.sequence), due);
    }

    fn send(&mut self, request: Request) {
        let life = self.life;
        if self.dice.once_in(self.faults.refused) {
            let at = self.later(Duration::from_millis(50));
            let arrival = failed(&request, at, Failure::NotSent);
            return self.file(at, Due::AtClient { life, arrival });
        }
        if self.dice.once_in(self.faults.lost) {
            let at = self.now.plus(Duration::from_secs(30));
            let arrival = failed(&request, at, Failure::Doubtful);
            return self.file(at, Due::AtClient { life, arrival });
        }
        let lost = self.dice.once_in(self.faults.unanswered);
        let answer = if lost { Way::Lost } else { Way::Comes };
        // Bytes of a request whose answer is lost arrive late, but within the limiter's margin:
        // also when its process dies at once.
        let most = Duration::from_millis(if lost { 4_000 } else { 400 });
        let at = self.later(most);
        if lost {
            let gives_up = self.now.plus(Duration::from_secs(30));
            let arrival = failed(&request, gives_up, Failure::Doubtful);
            self.file(gives_up, Due::AtClient { life, arrival });
        }
        self.file(at, Due::AtServer { life, request, answer });
    }

    /// Virtual time goes on to `until`; what is due by then happens.
    fn pass_until(&mut self, until: Steady, arrivals: &mut Vec<Arrival>) {
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > until {
                break;
            }
            let ((at, _), due) = entry.remove_entry();
            self.now = at;
            match due {
                Due::AtServer { life, request, answer } => self.serve(life, request, answer),
                Due::AtClient { life, arrival } if life == self.life => {
                    let at = self.now();
                    arrivals.push(Arrival { at, ..arrival });
                }
                // The process that asked is dead.
                Due::AtClient { .. } => {}
            }
        }
        self.now = self.now.max(until);
    }

    fn serve(&mut self, life: u32, request: Request, answer: Way) {
        let answered = self.world.answer(self.now().wall, &request.ask);
        if answer == Way::Comes {
            let at = self.later(Duration::from_millis(400));
            let arrival = Arrival { call: request.call, at: self.now(), answered };
            self.file(at, Due::AtClient { life, arrival });
        }
    }
}

enum Failure {
    NotSent,
    Doubtful,
}

fn failed(request: &Request, at: Steady, failure: Failure) -> Arrival {
    let answered = match (&request.ask, failure) {
        (Ask::Submit { .. }, Failure::NotSent) => {
            Answered::Submit(unheard(Answer::Trouble(unreachable())))
        }
        (Ask::Submit { .. }, Failure::Doubtful) => {
            let detail = Detail::new(None, Some("timeout"), "no answer in 30s");
            Answered::Submit(unheard(Answer::Doubtful { doubt: Doubt::NoAnswer, detail }))
        }
        (Ask::Find { .. } | Ask::List { .. }, failure) => {
            Answered::Actions(unheard(Reading::<Page<_>>::Trouble(read_trouble(failure))))
        }
        (Ask::Cancel { .. }, failure) => {
            Answered::Cancel(unheard(Reading::Trouble(read_trouble(failure))))
        }
    };
    let wall = START.plus(at.since(Steady::ORIGIN));
    Arrival { call: request.call, at: Now { steady: at, wall }, answered }
}

fn read_trouble(failure: Failure) -> Trouble {
    match failure {
        Failure::NotSent => unreachable(),
        Failure::Doubtful => {
            Trouble::Unreadable(Detail::new(None, Some("timeout"), "no answer in 30s"))
        }
    }
}

fn unreachable() -> Trouble {
    let detail = Detail::new(None, Some("connection_refused"), "connection refused");
    Trouble::Unreachable { kind: Unreachable::Connect, detail }
}

const fn unheard<T>(what: T) -> Reply<T> {
    Reply { what, heard: false, server_date: None }
}
