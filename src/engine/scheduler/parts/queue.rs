//! The machines in play: next in turn, due for a retry, in doubt.

use std::collections::{BTreeMap, HashSet, VecDeque};

use crate::domain::{MachineNumber, Now, State, Steady};
use crate::journal::Machine;

use super::busy;

/// Machines that the scheduler holds. The rest of the queue stays in the journal and is fed by
/// hundreds, so that memory does not know how many there are.
pub(in crate::engine::scheduler) struct Queue {
    ready: VecDeque<Machine>,
    delayed: BTreeMap<(Steady, MachineNumber), Machine>,
    doubts: BTreeMap<(Steady, MachineNumber), Machine>,
    /// They wait for the end of another action.
    busy: BTreeMap<(Steady, MachineNumber), Machine>,
    fed_up_to: MachineNumber,
    exhausted: bool,
    /// Machines in play that wait for the canary; some as long as there is one. The journal then
    /// gives those of the canary alone.
    kept_back: Option<Vec<Machine>>,
}

/// What to fetch from the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct FeedRequest {
    /// Machines after this number.
    pub(in crate::engine) after: MachineNumber,
    /// At most this many.
    pub(in crate::engine) most: usize,
    pub(in crate::engine) of: FeedLine,
}

/// Which machines of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum FeedLine {
    All,
    Canary,
}

impl Queue {
    /// Machines fetched from the journal at a time: a few commits' worth, and small in memory.
    const FEED: usize = 256;
    /// Fewer waiting machines than this ask for more; above the most requests of one turn.
    const LOW: usize = 64;

    pub(in crate::engine::scheduler) const fn new() -> Self {
        Self {
            ready: VecDeque::new(),
            delayed: BTreeMap::new(),
            doubts: BTreeMap::new(),
            busy: BTreeMap::new(),
            fed_up_to: MachineNumber(0),
            exhausted: false,
            kept_back: None,
        }
    }

    /// From now on only machines of the canary are sent.
    pub(in crate::engine::scheduler) fn keep_others_back(&mut self) {
        self.kept_back = Some(Vec::new());
    }

    /// A machine that waits for the canary.
    pub(in crate::engine::scheduler) fn keep_back(&mut self, machine: Machine) {
        self.kept_back.get_or_insert_default().push(machine);
    }

    /// The canary is over: all machines are sent in turn, those of the canary that are left too.
    pub(in crate::engine::scheduler) fn let_all_go(&mut self, now: Now) {
        for machine in self.kept_back.take().unwrap_or_default() {
            self.put(machine, now);
        }
        self.fed_up_to = MachineNumber(0);
        self.exhausted = false;
    }

    /// What to fetch from the journal.
    pub(in crate::engine::scheduler) fn wants(&self) -> Option<FeedRequest> {
        let hungry = !self.exhausted && self.ready.len() < Self::LOW;
        let of = if self.kept_back.is_some() { FeedLine::Canary } else { FeedLine::All };
        hungry.then_some(FeedRequest { after: self.fed_up_to, most: Self::FEED, of })
    }

    /// Takes those that wait of what was fetched; fewer than asked for means that the journal has
    /// no more.
    pub(in crate::engine::scheduler) fn feed(
        &mut self,
        machines: Vec<Machine>,
        waits: impl Fn(&Machine) -> bool,
    ) {
        self.exhausted = machines.len() < Self::FEED;
        if let Some(last) = machines.last() {
            self.fed_up_to = last.number;
        }
        // Those of a canary were fetched before.
        let known: HashSet<_> = self.ready.iter().map(|machine| machine.number).collect();
        let is_new = |machine: &Machine| !known.contains(&machine.number) && waits(machine);
        self.ready.extend(machines.into_iter().filter(is_new));
    }

    /// Nothing more is fetched: for tasks that send nothing.
    pub(in crate::engine::scheduler) const fn close(&mut self) {
        self.exhausted = true;
    }

    /// A machine that may go at once, before all others.
    pub(in crate::engine::scheduler) fn put_first(&mut self, machine: Machine) {
        self.ready.push_front(machine);
    }

    /// Files a machine by its state and its instant.
    pub(in crate::engine::scheduler) fn put(&mut self, machine: Machine, now: Now) {
        let at = machine.standing.not_before.map_or(now.steady, |at| now.steady_when(at));
        match machine.standing.state {
            State::Uncertain => {
                self.doubts.insert((at, machine.number), machine);
            }
            State::Queued if busy::waits(&machine.standing) => {
                self.busy.insert((at, machine.number), machine);
            }
            State::Queued if at > now.steady => {
                self.delayed.insert((at, machine.number), machine);
            }
            State::Queued => self.put_first(machine),
            _ => {}
        }
    }

    /// The machine that [`pop_ready`](Self::pop_ready) would give.
    pub(in crate::engine::scheduler) fn next_ready(&self, now: Steady) -> Option<&Machine> {
        let due = self.delayed.first_key_value().filter(|((at, _), _)| *at <= now);
        due.map(|(_, machine)| machine).or_else(|| self.ready.front())
    }

    /// All machines that it holds.
    pub(in crate::engine::scheduler) fn machines(&self) -> impl Iterator<Item = &Machine> {
        let waiting = [&self.delayed, &self.doubts, &self.busy];
        let waiting = waiting.into_iter().flat_map(BTreeMap::values);
        self.ready.iter().chain(waiting).chain(self.kept_back.iter().flatten())
    }

    /// The next machine to send: retries that are due come first.
    pub(in crate::engine::scheduler) fn pop_ready(&mut self, now: Steady) -> Option<Machine> {
        let due = self.delayed.first_key_value().is_some_and(|((at, _), _)| *at <= now);
        if due {
            self.delayed.pop_first().map(|(_, machine)| machine)
        } else {
            self.ready.pop_front()
        }
    }

    pub(in crate::engine::scheduler) fn has_ready(&self, now: Steady) -> bool {
        !self.ready.is_empty() || self.next_delayed().is_some_and(|at| at <= now)
    }

    /// Whether a machine is to be sent, due or not.
    pub(in crate::engine::scheduler) fn has_any(&self) -> bool {
        !self.ready.is_empty() || !self.delayed.is_empty()
    }

    /// Any machine at all to send, due or not: to try a connection with.
    pub(in crate::engine::scheduler) fn pop_any(&mut self) -> Option<Machine> {
        self.ready.pop_front().or_else(|| self.delayed.pop_first().map(|(_, machine)| machine))
    }

    /// Any machine that will not be sent after all.
    pub(in crate::engine::scheduler) fn pop_left(&mut self) -> Option<Machine> {
        self.pop_any().or_else(|| self.busy.pop_first().map(|(_, machine)| machine))
    }

    /// The next machine whose look-up is due: one in doubt, else a busy one.
    pub(in crate::engine::scheduler) fn pop_look_up(&mut self, now: Steady) -> Option<Machine> {
        let due = self.next_busy().is_some_and(|at| at <= now);
        self.pop_doubt(now)
            .or_else(|| due.then(|| self.busy.pop_first().map(|(_, machine)| machine))?)
    }

    /// The next machine in doubt whose look-up is due.
    fn pop_doubt(&mut self, now: Steady) -> Option<Machine> {
        let due = self.next_doubt().is_some_and(|at| at <= now);
        if due { self.doubts.pop_first().map(|(_, machine)| machine) } else { None }
    }

    pub(in crate::engine::scheduler) fn next_delayed(&self) -> Option<Steady> {
        self.delayed.first_key_value().map(|((at, _), _)| *at)
    }

    pub(in crate::engine::scheduler) fn next_doubt(&self) -> Option<Steady> {
        self.doubts.first_key_value().map(|((at, _), _)| *at)
    }

    pub(in crate::engine::scheduler) fn next_busy(&self) -> Option<Steady> {
        self.busy.first_key_value().map(|((at, _), _)| *at)
    }

    pub(in crate::engine::scheduler) fn busy(&self) -> usize {
        self.busy.len()
    }

    pub(in crate::engine::scheduler) fn delayed(&self) -> usize {
        self.delayed.len()
    }

    pub(in crate::engine::scheduler) fn doubts(&self) -> usize {
        self.doubts.len()
    }

    /// Takes a machine out that waits here, or for its turn in the journal; none: it is under way,
    /// or its row is older than what is held here.
    pub(in crate::engine::scheduler) fn take(&mut self, read: Machine) -> Option<Machine> {
        let number = read.number;
        for waiting in [&mut self.doubts, &mut self.delayed, &mut self.busy] {
            let key = waiting.keys().copied().find(|(_, other)| *other == number);
            if let Some(key) = key {
                return waiting.remove(&key);
            }
        }
        if let Some(at) = self.ready.iter().position(|machine| machine.number == number) {
            return self.ready.remove(at);
        }
        if let Some(kept_back) = &mut self.kept_back
            && let Some(at) = kept_back.iter().position(|machine| machine.number == number)
        {
            return Some(kept_back.swap_remove(at));
        }
        let untouched = read.standing.state == State::Queued && read.standing.not_before.is_none();
        let is_ahead = !self.exhausted && number > self.fed_up_to;
        let is_to_come = untouched && (is_ahead || self.kept_back.is_some());
        (is_to_come || read.standing.state == State::Held).then_some(read)
    }

    /// Takes a machine out, wherever it is; a sweep found its action.
    pub(in crate::engine::scheduler) fn remove(&mut self, number: MachineNumber) {
        self.ready.retain(|machine| machine.number != number);
        self.delayed.retain(|(_, other), _| *other != number);
        self.doubts.retain(|(_, other), _| *other != number);
        self.busy.retain(|(_, other), _| *other != number);
        if let Some(kept_back) = &mut self.kept_back {
            kept_back.retain(|machine| machine.number != number);
        }
    }

    /// Whether there is something to look up, due or not.
    pub(in crate::engine::scheduler) fn has_look_ups(&self) -> bool {
        !self.doubts.is_empty() || !self.busy.is_empty()
    }

    /// Whether nothing is left to send at a known instant, here and in the journal.
    pub(in crate::engine::scheduler) fn is_sent(&self) -> bool {
        self.exhausted && !self.has_any() && self.kept_back.is_none()
    }

    /// Whether nothing is left, here and in the journal.
    pub(in crate::engine::scheduler) fn is_empty(&self) -> bool {
        self.is_sent() && !self.has_look_ups()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BatchId, Comment, MachineId, Standing};

    fn machines(count: u32) -> Vec<Machine> {
        let machine = |number| Machine {
            batch: BatchId(1),
            number: MachineNumber(number),
            id: MachineId::from_bytes([7; 20]),
            name: None,
            comment: Comment::parse("Retired").expect("a comment"),
            source: String::new(),
            line: 1,
            standing: Standing::default(),
        };
        (1..=count).map(machine).collect()
    }

    #[test]
    fn more_is_fetched_only_where_few_wait_and_the_journal_has_some_left() {
        let mut queue = Queue::new();
        queue.feed(machines(256), |_| true);
        for left in (64..256).rev() {
            queue.pop_ready(Steady::ORIGIN);
            assert_eq!((queue.ready.len(), queue.wants()), (left, None));
        }
        queue.pop_ready(Steady::ORIGIN);
        let after = MachineNumber(256);
        assert_eq!(queue.wants(), Some(FeedRequest { after, most: 256, of: FeedLine::All }));
        queue.feed(Vec::new(), |_| true);
        assert_eq!(queue.wants(), None, "the journal has no more");
    }
}
