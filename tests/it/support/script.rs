//! A session over a server that answers by script, in virtual time and without latency.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionId, ActionStatus, ActionType, Answer, BatchId, Detail, Doubt, Fact, MachineId,
    MachineNumber, MarkerSeed, Now, Page, ReadAnswer, Reply, State, Steady, Timestamp, Trouble,
    Unreachable,
};
use mde_offboard::engine::{
    Answered, Arrival, Ask, Assignment, Conclusion, RunOptions, Session, Task,
};
use mde_offboard::event::Event;
use mde_offboard::journal::{Journal, Machine};

use super::machines::machine_id;
use super::world::{START, assignment, batch_of};

/// What a run came to.
pub(crate) struct Story {
    pub(crate) conclusion: Conclusion,
    pub(crate) events: Vec<Event>,
    /// Every request, with its instant.
    pub(crate) asked: Vec<(Duration, Ask)>,
    pub(crate) journal: Journal,
    pub(crate) batch: BatchId,
}

impl Story {
    pub(crate) fn machine(&self, index: u32) -> Machine {
        let number = MachineNumber(index + 1);
        self.journal.machine(self.batch, number).expect("readable").expect("in the batch")
    }

    pub(crate) fn state(&self, index: u32) -> State {
        self.machine(index).standing.state
    }

    /// When a machine was sent, since the start.
    pub(crate) fn posts(&self, index: u32) -> Vec<Duration> {
        let about =
            |ask: &Ask| matches!(ask, Ask::Submit { machine, .. } if *machine == machine_id(index));
        self.asked.iter().filter(|(_, ask)| about(ask)).map(|(at, _)| *at).collect()
    }

    /// When a machine was looked up, since the start.
    pub(crate) fn look_ups(&self, index: u32) -> Vec<Duration> {
        let about =
            |ask: &Ask| matches!(ask, Ask::Find { machine, .. } if *machine == machine_id(index));
        self.asked.iter().filter(|(_, ask)| about(ask)).map(|(at, _)| *at).collect()
    }

    pub(crate) fn all_posts(&self) -> usize {
        self.asked.iter().filter(|(_, ask)| matches!(ask, Ask::Submit { .. })).count()
    }
}

/// Runs a fresh batch of `machines` machines against a script.
pub(crate) fn play(
    machines: u32,
    options: &RunOptions,
    script: impl FnMut(Duration, &Ask) -> Answered,
) -> Story {
    play_on(batch_of(machines, options), Task::Send, options, script)
}

/// Runs a batch against a script, from [`START`] on.
pub(crate) fn play_on(
    (journal, batch): (Journal, BatchId),
    task: Task,
    options: &RunOptions,
    script: impl FnMut(Duration, &Ask) -> Answered,
) -> Story {
    let assignment = Assignment { task, seed: 5, ..assignment(batch, options) };
    play_as(journal, assignment, script)
}

/// The same with an assignment of one's own.
pub(crate) fn play_as(
    journal: Journal,
    assignment: Assignment,
    script: impl FnMut(Duration, &Ask) -> Answered,
) -> Story {
    play_slowly(journal, assignment, Duration::ZERO, script)
}

/// The same where each answer comes `latency` after its request, and nothing is done meanwhile.
pub(crate) fn play_slowly(
    mut journal: Journal,
    assignment: Assignment,
    latency: Duration,
    mut script: impl FnMut(Duration, &Ask) -> Answered,
) -> Story {
    const TURNS_MAX: u32 = 200_000;
    let batch = assignment.batch;
    let (mut events, mut asked) = (Vec::new(), Vec::new());
    let mut now = Steady::ORIGIN;
    let at =
        |now: Steady| Now { steady: now, wall: START.plus(now.since(Steady::ORIGIN)), boot: None };
    let mut session = Session::open(&mut journal, &assignment, 10_000, at(now)).expect("opens");
    let mut arrivals = Vec::new();
    for _ in 0..TURNS_MAX {
        let turn = session.turn(at(now), std::mem::take(&mut arrivals)).expect("a turn");
        events.extend(turn.events);
        if let Some(conclusion) = turn.conclusion {
            drop(session);
            return Story { conclusion, events, asked, journal, batch };
        }
        for request in turn.requests {
            let since_start = now.since(Steady::ORIGIN);
            let answered = script(since_start, &request.ask);
            asked.push((since_start, request.ask));
            let at = at(now.plus(latency));
            arrivals.push(Arrival { call: request.call, at, answered });
        }
        if arrivals.is_empty() {
            let wakes_at = turn.wakes_at.expect("a run waits for something");
            assert!(wakes_at > now, "and not for the past");
            now = wakes_at;
        } else {
            now = now.plus(latency);
        }
    }
    panic!("no end after {TURNS_MAX} turns; the last events: {:?}", events.iter().rev().take(5));
}

/// Runs a batch whose every list is empty; POSTs are answered by `answer`, which knows how often it
/// was asked.
pub(crate) fn play_posts(
    batch: (Journal, BatchId),
    options: &RunOptions,
    answer: impl Fn(usize, &Ask) -> Answered,
) -> Story {
    let mut count = 0;
    play_on(batch, Task::Send, options, |_, ask| match ask {
        Ask::Submit { .. } => {
            count += 1;
            answer(count, ask)
        }
        _ => list(Vec::new()),
    })
}

/// A POST is answered well.
pub(crate) fn accept(ask: &Ask) -> Answered {
    let Ask::Submit { machine, .. } = ask else { unreachable!("only POSTs come here") };
    done(*machine)
}

/// One request at a time.
pub(crate) fn one_by_one() -> RunOptions {
    RunOptions { concurrency: 1, ..RunOptions::default() }
}

/// The marked comment of the `index`th machine, as [`batch_of`] makes it.
pub(crate) fn marked(index: u32) -> String {
    let marker = MarkerSeed::from_random(7).marker(MachineNumber(index + 1));
    format!("Retired in Q4 [{marker}]")
}

/// An Offboard action of a machine.
pub(crate) fn action(id: &str, machine: MachineId, comment: &str, status: ActionStatus) -> Action {
    Action {
        id: ActionId::parse(id).expect("an action ID"),
        kind: ActionType::Offboard,
        status,
        machine: Some(machine),
        comment: Some(comment.to_owned()),
        created_at: Some(START),
        updated_at: None,
        device_error: None,
    }
}

pub(crate) fn index_of(machine: MachineId) -> u32 {
    let bytes = machine.as_bytes();
    u32::from_be_bytes([bytes[16], bytes[17], bytes[18], bytes[19]])
}

/// Accepted, and already succeeded: the machine is settled at once.
pub(crate) fn done(machine: MachineId) -> Answered {
    let id = format!("action-{}", index_of(machine));
    let action = action(&id, machine, &marked(index_of(machine)), ActionStatus::Succeeded);
    submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
}

pub(crate) const fn submitted(what: Answer) -> Answered {
    Answered::Submit(Reply { what, heard: true, server_date: None })
}

/// No answer at all.
pub(crate) fn silence() -> Answered {
    let detail = Detail::new(None, Some("timeout"), "no answer in 30s");
    let what = Answer::Doubtful { doubt: Doubt::NoAnswer, detail };
    Answered::Submit(Reply { what, heard: false, server_date: None })
}

/// Defender took a request up then; its action is pending.
pub(crate) fn taken_up(action: ActionId, created_at: Timestamp) -> Fact {
    Fact::Accepted {
        action,
        status: ActionStatus::Pending,
        adopted: false,
        found: false,
        http_status: Some(201),
        created_at: Some(created_at),
        named_by: None,
    }
}

pub(crate) fn trouble(trouble: Trouble) -> Answered {
    let heard = !matches!(trouble, Trouble::Unreachable { .. } | Trouble::SignIn(_));
    Answered::Submit(Reply { what: Answer::Trouble(trouble), heard, server_date: None })
}

pub(crate) fn unreachable() -> Trouble {
    let detail = Detail::new(None, Some("connection_refused"), "connection refused");
    Trouble::Unreachable { kind: Unreachable::Connect, detail }
}

/// A whole list of these actions.
pub(crate) fn list(actions: Vec<Action>) -> Answered {
    let page = Page { rows: actions.len(), items: actions, has_next: false };
    Answered::Actions(Reply { what: ReadAnswer::Read(page), heard: true, server_date: None })
}

pub(crate) fn no_list(trouble: Trouble) -> Answered {
    Answered::Actions(Reply { what: ReadAnswer::Trouble(trouble), heard: true, server_date: None })
}

pub(crate) fn detail(status: u16, code: &str) -> Detail {
    Detail::new(Some(status), Some(code), "in the server's words")
}
