//! Which requests go out now, and what keeps the others.

use std::time::Duration;

use crate::domain::{
    End, Fact, Forbidden, LimitGroup, MachineNumber, Now, Reason, Span, State, Steady, Timestamp,
};
use crate::event::WaitReason;
use crate::journal::Machine;
use crate::limiter::{Admission, Why};

use super::super::Task;
use super::core::Scheduler;
use super::parts::{Ask, Book, Flight, Holds, Keeps, Lacks, Purpose, Request};

impl Scheduler {
    /// Machines to fetch from the journal before [`Self::next`]: after a number, at most so many.
    pub(in crate::engine) fn wants(&self) -> Option<(MachineNumber, usize)> {
        let sends = self.task == Task::Send && self.stopping.is_none() && self.sweep.is_done();
        if sends { self.queue.wants() } else { None }
    }

    /// Takes machines from the journal, which does not know yet what this turn did to them.
    pub(in crate::engine) fn feed(&mut self, machines: Vec<Machine>, book: &Book) {
        self.queue.feed(machines, |machine| !book.touched(machine.number));
    }

    /// Whether the oldest action still open is asked for by [`Self::next`].
    pub(in crate::engine) fn wants_oldest(&self, now: Steady) -> bool {
        let next = self.follow.next_page(self.options.track_timeout);
        self.follow.begins_list() && next.is_some_and(|at| at <= now)
    }

    /// The requests that may go out now. Their intents and calls are in the book: it is committed
    /// before the first byte is written.
    pub(in crate::engine) fn next(
        &mut self,
        now: Now,
        oldest: Option<Timestamp>,
        book: &mut Book,
    ) -> Result<(Vec<Request>, Holds), Forbidden> {
        self.lanes.watch(now, book);
        let mut requests = Vec::new();
        let mut holds = Holds::default();
        self.give_up(now, book);
        self.give_up_posts(now, book);
        self.give_up_reads(now, book);
        while self.has_place(now, &mut holds) {
            let request = match self.pick_read(now, oldest, &mut holds, book) {
                Some(request) => Some(request),
                None => self.pick_post(now, &mut holds, book)?,
            };
            match request {
                Some(request) => requests.push(request),
                None => break,
            }
        }
        Ok((requests, holds))
    }

    /// Whether another request may be in flight. Cut off, one at a time tries the connection; where
    /// reads get through, that goes for POSTs alone.
    fn has_place(&self, now: Now, holds: &mut Holds) -> bool {
        if self.stopping.is_some() {
            return false;
        }
        let whole = self.pausing().filter(|outage| !outage.lets_reads_go());
        let Some(outage) = whole else { return self.flights.len() < self.options.concurrency };
        if outage.next_try() > now.steady {
            holds.add(outage.next_try(), Keeps::Outage);
            return false;
        }
        self.flights.is_empty()
    }

    fn give_up(&mut self, now: Now, book: &mut Book) {
        let over = self.current_outage().filter(|outage| outage.is_over_at(now.steady));
        let Some(outage) = over else { return };
        let lasted = Span(Duration::from_secs(outage.lasted(now).as_secs().max(1)));
        let words = &outage.words;
        let (end, why) = match outage.missing {
            Lacks::Network if outage.unreadable => {
                (End::Unreachable, format!("no usable answer of Defender's for {lasted}: {words}"))
            }
            Lacks::Network if outage.lets_reads_go() => (
                End::Unreachable,
                format!("no connection to Defender for offboarding requests for {lasted}: {words}"),
            ),
            Lacks::Network => {
                (End::Unreachable, format!("no connection to Defender for {lasted}: {words}"))
            }
            Lacks::Token => (End::NoAccess, format!("sign-in was refused for {lasted}: {words}")),
        };
        self.stop(end, &why, now, book);
    }

    fn pick_read(
        &mut self,
        now: Now,
        oldest: Option<Timestamp>,
        holds: &mut Holds,
        book: &mut Book,
    ) -> Option<Request> {
        if let Some(at) = self.reads_wait(now.steady) {
            holds.add(at, Keeps::Reads(WaitReason::Backoff));
            return None;
        }
        if self.sweep.wants_page(now.steady) {
            self.admitted(LimitGroup::Reads, now, holds)?;
            let (since, skip) = self.ask_sweep();
            let ask = Ask::List { since, skip };
            return Some(self.launch((LimitGroup::Reads, Purpose::Sweep), ask, now, book));
        }
        if !self.sweep.is_done() {
            if let Some(at) = self.sweep.settles_at() {
                holds.add(at, Keeps::Settle);
            }
            return None;
        }
        // Before look-ups: doubts may wait for what a list shows, and would keep it from being
        // read.
        if let Some(request) = self.pick_follow(now, oldest, holds, book) {
            return Some(request);
        }
        if self.search_is_due(now.steady) {
            self.admitted(LimitGroup::Reads, now, holds)?;
            let search = self.next_search(now.steady)?;
            let ask = search.ask();
            let purpose = (LimitGroup::Reads, Purpose::Find(Box::new(search)));
            return Some(self.launch(purpose, ask, now, book));
        }
        None
    }

    fn pick_follow(
        &mut self,
        now: Now,
        oldest: Option<Timestamp>,
        holds: &mut Holds,
        book: &mut Book,
    ) -> Option<Request> {
        if !self.follows() || self.following_is_over(now, &book.counts) {
            return None;
        }
        let at = self.follow.next_page(self.options.track_timeout)?;
        if self.follow.begins_list() && oldest.is_none() && at <= now.steady {
            // What was accepted in this turn is not in the journal yet.
            if book.counts.of(State::Pending) > 0 {
                holds.add(now.steady.plus(Duration::from_secs(1)), Keeps::Actions);
            }
            return None;
        }
        if at > now.steady {
            holds.add(at, Keeps::Actions);
            return None;
        }
        self.admitted(LimitGroup::Reads, now, holds)?;
        let oldest = oldest.filter(|_| self.follow.begins_list());
        let (since, skip) = self.ask_follow(oldest, now.steady);
        let ask = Ask::List { since, skip };
        Some(self.launch((LimitGroup::Reads, Purpose::Follow), ask, now, book))
    }

    fn pick_post(
        &mut self,
        now: Now,
        holds: &mut Holds,
        book: &mut Book,
    ) -> Result<Option<Request>, Forbidden> {
        if !self.sweep.is_done() {
            return Ok(None);
        }
        match &self.task {
            Task::Track => Ok(None),
            Task::Cancel(_) => self.pick_cancel(now, holds, book),
            Task::Send => self.pick_submit(now, holds, book),
        }
    }

    fn pick_submit(
        &mut self,
        now: Now,
        holds: &mut Holds,
        book: &mut Book,
    ) -> Result<Option<Request>, Forbidden> {
        // While the run is cut off, whichever machine comes first tries the connection.
        let cut_off = self.pausing().is_some();
        if !cut_off && !self.queue.has_ready(now.steady) {
            if let Some(at) = self.queue.next_delayed() {
                holds.add(at, Keeps::Backoff);
            }
            return Ok(None);
        }
        if !self.outage_lets_go(now, holds)
            || !self.breaker_lets_go(now, holds)
            || self.admitted(LimitGroup::Posts, now, holds).is_none()
        {
            return Ok(None);
        }
        let next = self.queue.pop_ready(now.steady);
        let next = next.or_else(|| self.queue.pop_any().filter(|_| cut_off));
        let Some(mut machine) = next else { return Ok(None) };
        book.note(&mut machine, now, Fact::Sending)?;
        let comment = machine.marked_comment(self.seed);
        let ask = Ask::Submit { machine: machine.id, comment };
        Ok(Some(self.launch((LimitGroup::Posts, Purpose::Submit(machine)), ask, now, book)))
    }

    fn pick_cancel(
        &mut self,
        now: Now,
        holds: &mut Holds,
        book: &mut Book,
    ) -> Result<Option<Request>, Forbidden> {
        // A doubt that ended without an action: there is nothing to cancel, and nothing is sent.
        while let Some(mut machine) = self.queue.pop_left() {
            book.note(&mut machine, now, Fact::Skipped { reason: Reason::Withdrawn })?;
        }
        // After an answer that proved nothing, cancels wait as reads do.
        let waits = !self.withdrawal.is_waiting() || self.reads_wait(now.steady).is_some();
        if waits || self.admitted(LimitGroup::Cancels, now, holds).is_none() {
            return Ok(None);
        }
        let Some(mut machine) = self.withdrawal.pop() else { return Ok(None) };
        let Some(action) = machine.standing.action.clone() else { return Ok(None) };
        book.note(&mut machine, now, Fact::CancelAsked)?;
        self.withdrawal.asked(machine.number, now.steady);
        let comment = format!("cancelled [{}]", self.seed.marker(machine.number));
        let ask = Ask::Cancel { action, comment };
        Ok(Some(self.launch((LimitGroup::Cancels, Purpose::Cancel(machine)), ask, now, book)))
    }

    /// Asks a group's gate; notes the instant where it says no.
    fn admitted(&mut self, group: LimitGroup, now: Now, holds: &mut Holds) -> Option<()> {
        match self.lanes.admit(group, now.steady) {
            Admission::Go => Some(()),
            Admission::NotBefore { at, why } => {
                let keeps = match (group, why) {
                    (LimitGroup::Posts, Why::Window(window)) => Keeps::Window(window),
                    (LimitGroup::Posts, Why::Freeze) => Keeps::Freeze,
                    (_, Why::Pace) => Keeps::Pace,
                    (_, Why::Window(window)) => Keeps::Reads(WaitReason::Window(window)),
                    (_, Why::Freeze) => Keeps::Reads(WaitReason::RetryAfter),
                };
                holds.add(at, keeps);
                None
            }
            // Only an answer makes room, and answers wake the driver by themselves.
            Admission::AwaitReceipt { .. } | Admission::AwaitProbe => None,
        }
    }

    fn launch(
        &mut self,
        (group, purpose): (LimitGroup, Purpose),
        ask: Ask,
        now: Now,
        book: &mut Book,
    ) -> Request {
        let call = self.lanes.take(group, now, book);
        self.flights.insert(call, Flight { sent: now, group, purpose });
        Request { call, ask }
    }
}
