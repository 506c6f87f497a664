//! Which requests go out now, and what keeps the others.

use std::time::Duration;

use crate::domain::{
    Counts, End, Fact, Forbidden, LimitGroup, Now, Reason, Span, State, Steady, Timestamp,
};
use crate::event::WaitReason;
use crate::journal::Machine;
use crate::limiter::{Admission, Why};

use super::super::Task;
use super::core::Scheduler;
use super::parts::{
    Ask, Delay, Delays, Draft, FeedRequest, Flight, Origin, Outage, OutageCause, Purpose, Request,
};
use super::step::Step;

impl Step<'_> {
    /// The requests that may go out now. Their intents and calls are in the draft: it is committed
    /// before the first byte is written.
    pub(in crate::engine) fn next(
        &mut self,
        oldest: Option<Timestamp>,
    ) -> Result<(Vec<Request>, Delays), Forbidden> {
        self.scheduler.gates.watch(self.now, self.draft);
        let mut requests = Vec::new();
        let mut delays = Delays::default();
        // Before anything is picked: a run that gives up sends nothing more.
        self.give_up();
        self.give_up_posts();
        self.give_up_reads();
        while self.scheduler.has_place(self.now, &mut delays) {
            let request = match self.pick_read(oldest, &mut delays) {
                Some(request) => Some(request),
                None => self.pick_post(&mut delays)?,
            };
            match request {
                Some(request) => requests.push(request),
                None => break,
            }
        }
        Ok((requests, delays))
    }

    fn give_up(&mut self) {
        let for_good = self.scheduler.is_cut_off_for_good();
        let is_over = |outage: &&Outage| for_good || outage.is_over_at(self.now.steady);
        let Some(outage) = self.scheduler.current_outage().filter(is_over) else { return };
        let lasted = Span(Duration::from_secs(outage.lasted(self.now).as_secs().max(1)));
        let last = &outage.last;
        let (what, end) = match outage.missing {
            OutageCause::Token => (last.sign_in_failed(), End::NoAccess),
            OutageCause::Network => {
                let what = if outage.unreadable {
                    "no usable answer from Defender"
                } else if outage.lets_reads_go() {
                    "no connection to Defender for offboarding requests"
                } else {
                    "no connection to Defender"
                };
                (what, self.scheduler.end_after(last))
            }
        };
        let why = format!("{what} for {lasted}: {last}");
        self.stop(end, &why);
    }

    fn pick_read(&mut self, oldest: Option<Timestamp>, delays: &mut Delays) -> Option<Request> {
        if let Some(at) = self.scheduler.reads_wait(self.now.steady) {
            delays.add(at, Delay::Reads(WaitReason::Backoff));
            return None;
        }
        if self.scheduler.sweep.wants_page(self.now.steady) {
            self.scheduler.admitted(LimitGroup::Reads, self.now, delays)?;
            let (since, skip) = self.scheduler.ask_sweep();
            let ask = Ask::List { since, skip };
            return Some(self.launch((LimitGroup::Reads, Purpose::Sweep), ask));
        }
        if !self.scheduler.sweep.is_done() {
            if let Some(at) = self.scheduler.sweep.settles_at() {
                delays.add(at, Delay::Settle);
            }
            return None;
        }
        if let Some(request) = self.pick_recheck(delays) {
            return Some(request);
        }
        // Before look-ups: doubts may wait for what a list shows, and would keep it from being
        // read.
        if let Some(request) = self.pick_follow(oldest, delays) {
            return Some(request);
        }
        if self.scheduler.search_is_due(self.now.steady) {
            self.scheduler.admitted(LimitGroup::Reads, self.now, delays)?;
            let search = self.scheduler.next_search(self.now.steady)?;
            let ask = search.ask();
            let purpose = (LimitGroup::Reads, Purpose::Find(Box::new(search)));
            return Some(self.launch(purpose, ask));
        }
        None
    }

    /// The inventory, while there are machines to send by it.
    fn pick_recheck(&mut self, delays: &mut Delays) -> Option<Request> {
        let sends = self.scheduler.queue.has_any() && self.scheduler.opens_at(self.now).is_none();
        if !sends || !self.scheduler.recheck.wants_page(self.now) {
            return None;
        }
        self.scheduler.admitted(LimitGroup::Reads, self.now, delays)?;
        let ask = Ask::Machines { skip: self.scheduler.recheck.ask(self.now) };
        Some(self.launch((LimitGroup::Reads, Purpose::Recheck), ask))
    }

    fn pick_follow(&mut self, oldest: Option<Timestamp>, delays: &mut Delays) -> Option<Request> {
        if !self.scheduler.follows()
            || self.scheduler.following_is_over(self.now, &self.draft.counts)
        {
            return None;
        }
        let at = self.scheduler.next_page(&self.draft.counts)?;
        if self.scheduler.follow.begins_list() && oldest.is_none() && at <= self.now.steady {
            // What was accepted in this turn is not in the journal yet.
            if self.draft.counts.of(State::Pending) > 0 {
                delays.add(self.now.steady.plus(Duration::from_secs(1)), Delay::Actions);
            }
            return None;
        }
        if at > self.now.steady {
            delays.add(at, Delay::Actions);
            return None;
        }
        self.scheduler.admitted(LimitGroup::Reads, self.now, delays)?;
        let oldest = oldest.filter(|_| self.scheduler.follow.begins_list());
        let (since, skip) = self.scheduler.ask_follow(oldest, self.now.steady);
        let ask = Ask::List { since, skip };
        Some(self.launch((LimitGroup::Reads, Purpose::Follow), ask))
    }

    fn pick_post(&mut self, delays: &mut Delays) -> Result<Option<Request>, Forbidden> {
        if !self.scheduler.sweep.is_done() {
            return Ok(None);
        }
        match &self.scheduler.task {
            Task::Track => Ok(None),
            Task::Cancel(_) => self.pick_cancel(delays),
            Task::Send => self.pick_submit(delays),
        }
    }

    fn pick_submit(&mut self, delays: &mut Delays) -> Result<Option<Request>, Forbidden> {
        if let Some(opens_at) = self.scheduler.opens_at(self.now) {
            delays.add(opens_at, Delay::Hours);
            return Ok(None);
        }
        if self.scheduler.canary_is_lost() {
            return Ok(None);
        }
        if !self.scheduler.recheck.lets_go(self.now) {
            return Ok(None);
        }
        self.leave_alone()?;
        if self.scheduler.stopping.is_some() {
            return Ok(None);
        }
        // While the run is cut off, the first machine tries the connection.
        let cut_off = self.scheduler.pausing().is_some();
        if !cut_off && !self.scheduler.queue.has_ready(self.now.steady) {
            if let Some(at) = self.scheduler.queue.next_delayed() {
                delays.add(at, Delay::Backoff);
            }
            return Ok(None);
        }
        if !self.scheduler.outage_lets_go(self.now, delays)
            || !self.scheduler.breaker_lets_go(self.now, delays)
            || self.scheduler.admitted(LimitGroup::Posts, self.now, delays).is_none()
        {
            return Ok(None);
        }
        let next = self.scheduler.queue.pop_ready(self.now.steady);
        let next = next.or_else(|| self.scheduler.queue.pop_any().filter(|_| cut_off));
        let Some(mut machine) = next else { return Ok(None) };
        self.note(&mut machine, Fact::Sending)?;
        self.scheduler.recheck.count_sent();
        let comment = machine.marked_comment(self.scheduler.seed);
        let ask = Ask::Submit { machine: machine.id, comment };
        Ok(Some(self.launch((LimitGroup::Posts, Purpose::Submit(machine)), ask)))
    }

    fn pick_cancel(&mut self, delays: &mut Delays) -> Result<Option<Request>, Forbidden> {
        // A doubt that ended without an action: there is nothing to cancel, and nothing is sent.
        while let Some(mut machine) = self.scheduler.queue.pop_left() {
            self.note(&mut machine, Fact::Skipped { reason: Reason::Withdrawn })?;
        }
        // After an answer that proved nothing, cancels wait as reads do.
        let waits = !self.scheduler.withdrawal.is_waiting()
            || self.scheduler.reads_wait(self.now.steady).is_some();
        if waits || self.scheduler.admitted(LimitGroup::Cancels, self.now, delays).is_none() {
            return Ok(None);
        }
        let Some(mut machine) = self.scheduler.withdrawal.pop() else { return Ok(None) };
        let Some(action) = machine.standing.action.clone() else { return Ok(None) };
        self.note(&mut machine, Fact::CancelAsked)?;
        self.scheduler.withdrawal.asked(machine.number, self.now.steady);
        let comment = format!("cancelled [{}]", self.scheduler.seed.marker(machine.number));
        let ask = Ask::Cancel { action, comment };
        Ok(Some(self.launch((LimitGroup::Cancels, Purpose::Cancel(machine)), ask)))
    }

    fn launch(&mut self, (group, purpose): (LimitGroup, Purpose), ask: Ask) -> Request {
        let call = self.scheduler.gates.take(group, self.now, self.draft);
        let origin = Origin { call, group, sent: self.now };
        self.scheduler.flights.insert(call, Flight { origin, purpose });
        Request { call, ask }
    }
}

impl Scheduler {
    /// Machines to fetch from the journal before `Step::next`.
    pub(in crate::engine) fn wants(&self) -> Option<FeedRequest> {
        let sends = self.task == Task::Send && self.stopping.is_none() && self.sweep.is_done();
        if sends { self.queue.wants() } else { None }
    }

    /// Takes machines from the journal, which does not know yet what this turn did to them.
    pub(in crate::engine) fn feed(&mut self, machines: Vec<Machine>, draft: &Draft) {
        self.queue.feed(machines, |machine| !draft.touched(machine.number));
    }

    /// Whether the oldest action still open is asked for by `Step::next`.
    pub(in crate::engine) fn wants_oldest(&self, now: Steady, counts: &Counts) -> bool {
        let next = self.next_page(counts);
        self.follow.begins_list() && next.is_some_and(|at| at <= now)
    }

    /// Whether another request may be in flight. Cut off, one at a time tries the connection; where
    /// reads get through, that goes for POSTs alone.
    fn has_place(&self, now: Now, delays: &mut Delays) -> bool {
        if self.stopping.is_some() {
            return false;
        }
        let whole = self.pausing().filter(|outage| !outage.lets_reads_go());
        let Some(outage) = whole else { return self.flights.len() < self.options.concurrency };
        if outage.next_try() > now.steady {
            delays.add(outage.next_try(), Delay::Outage);
            return false;
        }
        self.flights.is_empty()
    }

    /// Asks a group's gate; notes the instant where it says no.
    fn admitted(&mut self, group: LimitGroup, now: Now, delays: &mut Delays) -> Option<()> {
        match self.gates.admit(group, now.steady) {
            Admission::Go => Some(()),
            Admission::NotBefore { at, why } => {
                let delay = match (group, why) {
                    (LimitGroup::Posts, Why::Window(window)) => Delay::Window(window),
                    (LimitGroup::Posts, Why::Freeze) => Delay::Freeze,
                    (_, Why::Pace) => Delay::Pace,
                    (_, Why::Window(window)) => Delay::Reads(WaitReason::Window(window)),
                    (_, Why::Freeze) => Delay::Reads(WaitReason::ReadsPaused { gives_up_at: None }),
                };
                delays.add(at, delay);
                None
            }
            // Only an answer makes room, and answers wake the driver by themselves.
            Admission::AwaitReceipt { .. } | Admission::AwaitProbe => None,
        }
    }
}
