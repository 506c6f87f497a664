//! What follows the answer to a list, for every purpose of it.

use std::time::Duration;

use crate::domain::{
    Action, Counts, Detail, End, Forbidden, Now, Page, ReadAnswer, Span, State, Steady, Trouble,
};

use super::core::{ANOTHER, Scheduler};
use super::parts::{Listed, Origin, Outage, Purpose, ReadKind, Unread};
use super::step::Step;

/// What a list says of another machine than it was asked about, or than the journal has for an
/// action: in words.
fn about_another(purpose: &Purpose, listed: &[Listed]) -> Option<String> {
    if let Purpose::Find(search) = purpose {
        let machine = &search.machine;
        let named = listed.iter().find_map(|listed| listed.action.machine);
        if let Some(named) = named.filter(|named| *named != machine.id) {
            return Some(format!("asked about {}, answered about {named}", machine.id));
        }
    }
    Scheduler::about_another(listed)
}

impl Step<'_> {
    pub(super) fn absorb_list(
        &mut self,
        purpose: Purpose,
        origin: Origin,
        reading: ReadAnswer<Page<Action>>,
        listed: Vec<Listed>,
    ) -> Result<(), Forbidden> {
        let kind = ReadKind::of(&purpose).expect("a POST is not answered by a list");
        let page = match reading {
            ReadAnswer::Read(page) => page,
            ReadAnswer::Refused(detail) => {
                self.read_failed(kind, origin.sent, &detail);
                self.scheduler.give_back(purpose, self.now);
                return Ok(());
            }
            ReadAnswer::Trouble(trouble) => {
                self.read_troubled(kind, origin, &trouble);
                self.scheduler.give_back(purpose, self.now);
                return Ok(());
            }
        };
        if let Some(why) = about_another(&purpose, &listed) {
            self.stop(End::Tripped, &format!("{ANOTHER}: {why}"));
            self.scheduler.give_back(purpose, self.now);
            return Ok(());
        }
        match purpose {
            Purpose::Find(search) => self.absorb_find(*search, origin.sent, &page, listed),
            Purpose::Sweep => self.absorb_sweep(origin.sent, &page, listed),
            Purpose::Follow => self.absorb_follow(origin.sent, &page, listed),
            Purpose::Submit(_) | Purpose::Cancel(_) | Purpose::Recheck => {
                unreachable!("it is not answered by a list of actions")
            }
        }
    }

    /// An answer that proves nothing, in Defender's own words or in a list that has no end: reads
    /// wait longer each time.
    pub(super) fn read_failed(&mut self, kind: ReadKind, sent: Now, why: &Detail) {
        let failures = self.scheduler.unread.fail(kind, sent, why);
        let seed = self.scheduler.random();
        let delay = self.scheduler.policy.backoff.delay(failures, seed);
        self.reads_wait_for(delay);
    }

    /// No read goes out before that is over.
    fn reads_wait_for(&mut self, delay: Duration) {
        let at = self.now.steady.plus(delay);
        self.scheduler.reads_not_before = self.scheduler.reads_not_before.max(at);
    }

    /// No answer to a read or a cancel, or one that is not Defender's.
    pub(super) fn read_troubled(&mut self, kind: ReadKind, origin: Origin, trouble: &Trouble) {
        let delay = self.trouble(origin, trouble);
        self.reads_wait_for(delay);
        let detail = trouble.detail();
        if !matches!(trouble, Trouble::Unreadable(_) | Trouble::Unreachable { .. }) {
            self.scheduler.unread.fail(kind, origin.sent, detail);
            return;
        }
        self.read_failed(kind, origin.sent, detail);
        if !matches!(trouble, Trouble::Unreadable(_)) {
            return;
        }
        // Some time without a readable answer is like being cut off, and is shown as that.
        if self.scheduler.unread.of(kind).is_some_and(|unread| unread.failures >= 3) {
            self.scheduler.cut_off(origin.group, Outage::unreadable, self.now, detail);
        }
    }

    /// Ends a run that waits for nothing but reads, once they failed for too long, or in a way that
    /// does not change by waiting.
    pub(super) fn give_up_reads(&mut self) {
        if self.scheduler.stopping.is_some() {
            return;
        }
        if self.scheduler.following_is_over(self.now, &self.draft.counts)
            && let Some(unread) = self.scheduler.unread_list()
        {
            let why = format!(
                "Defender's list of actions could not be read, so it is not known what became of \
                 those that were pending: {}",
                unread.detail
            );
            let barred = unread.detail.refuses_access();
            self.stop(if barred { End::NoAccess } else { End::Pending }, &why);
            return;
        }
        let waits = |kind: &ReadKind| self.scheduler.waits_for(*kind, &self.draft.counts);
        let over = ReadKind::ALL.into_iter().filter(waits);
        let over = over.filter_map(|kind| Some((kind, self.scheduler.unread.of(kind)?)));
        let words = over.filter_map(|(kind, unread)| {
            let (what, said) = (kind.words(), &unread.detail);
            if unread.lasting >= Unread::LASTING_MAX && kind != ReadKind::Follow {
                let words = format!(
                    "{what} could not be read ten times in a row; the address, a proxy or the app \
                     is wrong: {said}"
                );
                return Some((End::Tripped, words));
            }
            let lasted = unread.lasted(self.now);
            let lasting = Span(Duration::from_secs(lasted.as_secs().max(1)));
            (lasted >= self.scheduler.patience()).then(|| {
                let words = format!("{what} could not be read for {lasting}: {said}");
                (self.scheduler.end_after(said), words)
            })
        });
        if let Some((end, why)) = words.collect::<Vec<_>>().into_iter().next() {
            self.stop(end, &why);
        }
    }
}

impl Scheduler {
    /// The request is to be made again: an incomplete list proves nothing.
    fn give_back(&mut self, purpose: Purpose, now: Now) {
        match purpose {
            Purpose::Find(search) => self.file(search.machine, now),
            Purpose::Sweep => self.sweep.again(),
            Purpose::Follow => self.follow.again(self.reads_not_before.max(now.steady)),
            Purpose::Submit(_) | Purpose::Cancel(_) | Purpose::Recheck => {}
        }
    }

    /// Reads that failed of the list by which actions are followed, or of the one before it.
    pub(super) fn unread_list(&self) -> Option<&Unread> {
        self.unread.of(ReadKind::Follow).or_else(|| self.unread.of(ReadKind::Sweep))
    }

    /// Whether the run waits for a read of this kind.
    fn waits_for(&self, kind: ReadKind, counts: &Counts) -> bool {
        let sends = !self.queue.is_sent() || self.submits();
        let looks_up = self.queue.has_look_ups() || !self.searches.is_empty();
        match kind {
            ReadKind::Sweep => !self.sweep.is_done(),
            ReadKind::LookUp => !sends && looks_up,
            // Look-ups may wait for it as well.
            ReadKind::Follow => !sends && counts.of(State::Pending) > 0,
            ReadKind::Inventory => self.waits_for_inventory(),
            ReadKind::Cancel => self.withdrawal.is_waiting(),
        }
    }

    /// When the patience with reads is over, where the run waits for them.
    pub(super) fn reads_end_at(&self, counts: &Counts) -> Option<Steady> {
        let waited = ReadKind::ALL.into_iter().filter(|kind| self.waits_for(*kind, counts));
        let since = waited.filter_map(|kind| Some(self.unread.of(kind)?.since.steady));
        since.min().map(|since| since.plus(self.patience()))
    }

    /// Whether a read may go now, and when otherwise.
    pub(super) fn reads_wait(&self, now: Steady) -> Option<Steady> {
        (now < self.reads_not_before).then_some(self.reads_not_before)
    }
}
