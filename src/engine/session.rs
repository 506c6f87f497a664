//! The scheduler joined to the journal, turn by turn. No waiting, no requests.
//!
//! One turn: absorb the answers that are here, decide what goes out, commit both in one
//! transaction, and only then hand out the requests and the events. Tests drive sessions directly,
//! with a clock of their own, and drop them between any two steps as a crash would.

use std::time::Duration;

use crate::domain::{
    Action, Answer, BatchFact, ClockGap, End, GapCause, MachineNumber, Marker, Now, Page,
    ReadAnswer, Reply, State, Steady, Timestamp,
};
use crate::event::{Event, Happening, Prospect, Snapshot, Usage, Wait};
use crate::journal::{Batch, Heartbeat, Journal, JournalError, Machine, StopRequest};

use super::outlook::Outlook;
use super::recovery::recover;
use super::scheduler::{
    Answered, Arrival, Ask, Delays, Draft, FeedLine, FeedRequest, Known, Listed, Request, Scheduler,
};
use super::{Assignment, Conclusion, EngineError, Task, second_look};

pub struct Session<'j> {
    journal: &'j mut Journal,
    scheduler: Scheduler,
    draft: Draft,
    batch: Batch,
    task: Task,
    started: Now,
    /// When the clocks were read last.
    seen: Now,
    /// POSTs that were handed out, and when the last one was.
    posts: (u64, Option<Timestamp>),
    outlook: Outlook,
    waiting: Option<Wait>,
    heartbeat: Option<Heartbeat>,
    /// Number of the reading of the inventory that is under way, or was the last one.
    reading: Option<u32>,
}

/// What one turn decided; its facts are in the journal.
#[derive(Debug)]
pub struct Turn {
    /// To be made now. Their intents are on disk.
    pub requests: Vec<Request>,
    /// To be told now.
    pub events: Vec<Event>,
    /// When the next turn is due, if no answer comes before; none: only an answer changes anything.
    pub wakes_at: Option<Steady>,
    pub conclusion: Option<Conclusion>,
}

impl<'j> Session<'j> {
    /// Takes a batch up: loads the history of calls, and turns every POST without an answer on disk
    /// into an uncertain machine. `page_rows` is what a full page of the server holds.
    ///
    /// # Errors
    /// [`EngineError::NoBatch`], or a journal that cannot be read or written.
    pub fn open(
        journal: &'j mut Journal,
        assignment: &Assignment,
        page_rows: usize,
        now: Now,
    ) -> Result<Self, EngineError> {
        let batch = journal.batch(assignment.batch)?;
        let batch = batch.ok_or(EngineError::NoBatch(assignment.batch))?;
        let (scheduler, draft) = recover(journal, &batch, assignment, page_rows, now)?;
        let mut session = Self {
            journal,
            scheduler,
            draft,
            task: assignment.task.clone(),
            started: now,
            seen: now,
            posts: (0, None),
            outlook: Outlook::default(),
            waiting: None,
            heartbeat: None,
            reading: None,
            batch,
        };
        session.draft.committed();
        let command = assignment.command.clone();
        if session.drives() {
            let fact = BatchFact::Started { command: command.clone() };
            session.draft.note_batch(now, fact);
            session.note_forecast(now)?;
        }
        let total = session.batch.total;
        session.draft.tell(now, Happening::BatchStarted { command, total });
        Ok(session)
    }

    /// Whether this run says how the batch ended. Following a batch that still has machines to send
    /// does not: it would forget that somebody stopped it.
    fn drives(&self) -> bool {
        self.task == Task::Send || self.draft.counts.to_send_or_look_up() == 0
    }

    /// Makes a fact of the first forecast of a list, or of what `retry` queued again: in the end it
    /// is told how far off it was.
    fn note_forecast(&mut self, now: Now) -> Result<(), EngineError> {
        let begun = match self.batch.end {
            Some(End::Settled | End::Pending) => false,
            _ => self.journal.first_forecast(self.batch.id)?.is_some(),
        };
        if !begun && let Some(prospect) = self.prospect(now) {
            let last_send_at = prospect.last_send_at;
            self.draft.note_batch(now, BatchFact::Forecast { last_send_at });
        }
        Ok(())
    }

    fn prospect(&mut self, now: Now) -> Option<Prospect> {
        if self.scheduler.is_tripped() {
            return None;
        }
        let machines = self.draft.counts.of(State::Queued);
        let scheduler = &self.scheduler;
        self.outlook.at(now, machines, || scheduler.look_ahead(now, machines))
    }

    /// One turn: the answers that are here, and what goes out now.
    ///
    /// # Errors
    /// The journal cannot be written: nothing of this turn was told or may be sent.
    pub fn turn(&mut self, now: Now, arrivals: Vec<Arrival>) -> Result<Turn, EngineError> {
        self.tell_gap(now);
        for arrival in arrivals {
            let known = self.identify(&arrival.answered)?;
            let now = arrival.at;
            self.scheduler.step(now, &mut self.draft).absorb(arrival, known)?;
        }
        self.compare_again(now)?;
        let (requests, delays) = loop {
            let alone = self.scheduler.left_alone();
            let (requests, delays) = self.decide(now)?;
            // Others take the places of machines that were left alone, and guards may mind.
            if !requests.is_empty() || alone == self.scheduler.left_alone() {
                break (requests, delays);
            }
        };
        let ended = self.scheduler.ended(now, &self.draft.counts);
        let waiting = self.scheduler.waiting(now, &delays, &self.draft.counts);
        self.tell_waiting(waiting.filter(|_| ended.is_none()), now);
        let conclusion = ended.map(|end| self.conclude(end, now));
        if !self.draft.changes.is_empty() {
            self.journal.commit(&self.draft.changes)?;
        }
        let events = self.draft.take_events();
        self.count_posts(&requests, now);
        let wakes_at = self.scheduler.wakes_at(now, &delays, &self.draft.counts);
        if events.iter().any(|event| disturbs(&event.what)) {
            self.outlook.disturb();
        }
        Ok(Turn { requests, events, wakes_at, conclusion })
    }

    /// Time that passed without this process is told before what came after it.
    fn tell_gap(&mut self, now: Now) {
        let before = std::mem::replace(&mut self.seen, now);
        if let Some(gap) = ClockGap::between(&before, &now) {
            self.draft.tell(now, Happening::ClockGap(gap));
        }
    }

    fn count_posts(&mut self, requests: &[Request], now: Now) {
        let posts = requests.iter().filter(|it| matches!(it.ask, Ask::Submit { .. })).count();
        if posts > 0 {
            self.posts = (self.posts.0 + posts as u64, Some(now.wall));
        }
    }

    /// What goes out now, and what keeps the rest.
    fn decide(&mut self, now: Now) -> Result<(Vec<Request>, Delays), EngineError> {
        self.scheduler.step(now, &mut self.draft).judge_guards();
        if let Some(FeedRequest { after, most, of }) = self.scheduler.wants() {
            let machines = match of {
                FeedLine::All => self.journal.queued(self.batch.id, after, most)?,
                FeedLine::Canary => self.journal.queued_canary(self.batch.id, after, most)?,
            };
            self.compare(&machines, now)?;
            self.scheduler.feed(machines, &self.draft);
        }
        let oldest = if self.scheduler.wants_oldest(now.steady, &self.draft.counts) {
            self.journal.oldest_pending(self.batch.id)?
        } else {
            None
        };
        Ok(self.scheduler.step(now, &mut self.draft).next(oldest)?)
    }

    fn tell_waiting(&mut self, waiting: Option<Wait>, now: Now) {
        let known = std::mem::replace(&mut self.waiting, waiting.clone());
        let same =
            |a: &Wait, b: &Wait| a.reason.word() == b.reason.word() && near(a.until, b.until);
        if let Some(wait) = waiting
            && !known.is_some_and(|known| same(&known, &wait))
        {
            let said = self.scheduler.said_last(Some(&wait));
            self.draft.tell(now, Happening::Waiting { wait, said });
        }
    }

    fn conclude(&mut self, end: End, now: Now) -> Conclusion {
        let stopping = self.scheduler.ending();
        let why = stopping.map(|stopping| stopping.why.clone());
        let guard = stopping.and_then(|stopping| stopping.guard);
        if self.drives() {
            self.draft.note_batch(now, BatchFact::Ended { end, why: why.clone() });
        }
        let counts = self.draft.counts;
        self.draft.tell(now, Happening::BatchEnded { end, counts });
        let started_at = self.started.wall;
        Conclusion { end, guard, why, counts, started_at, ended_at: now.wall }
    }

    /// This process did nothing for `away`, until `now`: the computer slept with a clock that goes
    /// on, or it was stopped. It is told as a gap, and no patience ends by it.
    pub fn was_away(&mut self, away: Duration, now: Now) {
        let gap =
            ClockGap { from: now.wall.minus(away), until: now.wall, cause: GapCause::Unknown };
        self.draft.tell(now, Happening::ClockGap(gap));
        self.scheduler.was_away(away, now.steady);
    }

    /// Asks for an end: nothing new goes out, what is in flight is waited for.
    pub fn stop(&mut self, end: End, why: &str, now: Now) {
        self.scheduler.step(now, &mut self.draft).stop(end, why);
    }

    /// About once a second: how far the run is, a sign of life for other processes, and whether
    /// one of them asked for a stop.
    ///
    /// # Errors
    /// The journal cannot be read or written.
    pub fn tick(&mut self, now: Now) -> Result<Snapshot, EngineError> {
        let snapshot = self.snapshot(now);
        self.beat(&snapshot)?;
        let request = self.asked_to_stop()?;
        if let (None, Some(request)) = (self.scheduler.stopping(), request) {
            let why = format!("batch {} was stopped by {}", self.batch.id, request.by);
            self.stop(End::Stopped, &why, now);
        }
        Ok(snapshot)
    }

    /// By whom: for this batch, or of this process before it had shown which batch it is at. That
    /// one ends with the process, so the batch takes it over before it is obeyed: who stopped it
    /// is told later, and it stays stopped, even after a Ctrl-C.
    fn asked_to_stop(&mut self) -> Result<Option<StopRequest>, JournalError> {
        let of_batch = self.journal.stop_request(self.batch.id)?;
        if of_batch.is_some() {
            return Ok(of_batch);
        }
        let of_runner = self.journal.stop_of_runner()?;
        if let Some(request) = &of_runner {
            self.journal.request_stop(self.batch.id, &request.by, request.at)?;
        }
        Ok(of_runner)
    }

    fn snapshot(&mut self, now: Now) -> Snapshot {
        let prospect = self.prospect(now);
        let usage = self.scheduler.posts().usage(now.steady);
        Snapshot {
            at: now.wall,
            elapsed: now.steady.since(self.started.steady),
            counts: self.draft.counts,
            windows: usage.into_iter().map(|(window, used)| Usage { window, used }).collect(),
            rate_limited: self.scheduler.rate_limited(),
            in_flight: self.scheduler.in_flight(),
            posts: self.posts.0,
            last_post_at: self.posts.1,
            retrying: self.scheduler.retrying(),
            waiting: self.waiting.clone(),
            said: self.scheduler.said_last(self.waiting.as_ref()),
            prospect,
        }
    }

    /// Written when it says something new, and every 15 s as a sign of life.
    fn beat(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        const EVERY: Duration = Duration::from_secs(15);
        let beat = Heartbeat {
            at: snapshot.at,
            batch: self.batch.id,
            waiting: snapshot.waiting.clone(),
            said: snapshot.said.clone(),
            last_send_at: snapshot.prospect.map(|prospect| prospect.last_send_at),
        };
        let fresh = self.heartbeat.as_ref().is_some_and(|last| {
            last.waiting == beat.waiting && last.said == beat.said && beat.at.since(last.at) < EVERY
        });
        if !fresh {
            self.journal.heartbeat(&beat)?;
            self.heartbeat = Some(beat);
        }
        Ok(())
    }

    /// Once the inventory was read again: what speaks now against machines in play.
    fn compare_again(&mut self, now: Now) -> Result<(), EngineError> {
        if !self.scheduler.has_fresh_inventory() {
            return Ok(());
        }
        self.journal.finish_tenant()?;
        let machines: Vec<Machine> = self.scheduler.in_play().cloned().collect();
        self.compare(&machines, now)
    }

    /// Compares machines that are to be sent with the inventory, where it was read.
    fn compare(&mut self, machines: &[Machine], now: Now) -> Result<(), EngineError> {
        if !self.scheduler.has_inventory() {
            return Ok(());
        }
        for machine in machines {
            let options = self.scheduler.options();
            if let Some(class) =
                second_look::against(self.journal, (self.batch.id, machine), options, now.wall)?
            {
                self.scheduler.turn_against(machine, class);
            }
        }
        Ok(())
    }

    /// What the journal knows of each action that came, of a list or as the answer to a POST; and
    /// it takes in the machines of a page of the inventory.
    fn identify(&mut self, answered: &Answered) -> Result<Known, EngineError> {
        let listed = match answered {
            Answered::Machines(Reply { what: ReadAnswer::Read(page), .. }) => {
                let reading = self.reading()?;
                let repeated = self.journal.keep_machines(&page.items, reading)?;
                return Ok(Known { repeated, ..Known::default() });
            }
            Answered::Actions(Reply { what: ReadAnswer::Read(Page { items, .. }), .. }) => {
                items.iter().map(|action| self.identify_one(action)).collect::<Result<_, _>>()?
            }
            Answered::Submit(Reply { what: Answer::Accepted { action, .. }, .. }) => {
                vec![self.identify_one(action)?]
            }
            _ => Vec::new(),
        };
        Ok(Known { listed, ..Known::default() })
    }

    /// The number of the reading of the inventory that is under way.
    fn reading(&mut self) -> Result<u32, JournalError> {
        let number = match self.reading {
            Some(number) if !self.scheduler.begins_inventory() => number,
            _ => self.journal.next_reading()?,
        };
        self.reading = Some(number);
        Ok(number)
    }

    fn identify_one(&self, action: &Action) -> Result<Listed, EngineError> {
        let owner = self.journal.owner_of(&action.id, &action.status)?;
        let number = match &owner {
            Some(owner) => (owner.batch == self.batch.id).then_some(owner.number),
            None => self.number_of(action)?,
        };
        let matters = owner.as_ref().is_none_or(|owner| owner.has_news);
        let machine: Option<Machine> = match number.filter(|_| matters) {
            Some(number) => self.journal.machine(self.batch.id, number)?,
            None => None,
        };
        Ok(Listed { action: action.clone(), owner, number, machine })
    }

    /// By the machine that it names; where it names none, by a marker of ours.
    fn number_of(&self, action: &Action) -> Result<Option<MachineNumber>, EngineError> {
        if let Some(machine) = action.machine {
            return Ok(self.journal.place_in(self.batch.id, machine)?);
        }
        let marker = action.comment.as_deref().and_then(Marker::find_in);
        let ours = marker.filter(|marker| marker.seed == self.batch.seed);
        Ok(ours.map(|marker| marker.number))
    }
}

/// Whether two instants look the same to a person.
fn near(a: Timestamp, b: Timestamp) -> bool {
    a.as_micros().abs_diff(b.as_micros()) < 1_000_000
}

/// Whether an event moves the end of the run.
const fn disturbs(what: &Happening) -> bool {
    matches!(
        what,
        Happening::Retrying { .. }
            | Happening::RateLimited { .. }
            | Happening::Reconciled { .. }
            | Happening::ClockGap(_)
    )
}
