//! What follows the answer to a list, whatever it was asked for.

use std::time::Duration;

use crate::domain::{
    Action, CallId, Counts, Detail, End, Forbidden, LimitGroup, Now, Page, Reading, Span, State,
    Steady, Trouble,
};

use super::core::{ANOTHER, Scheduler};
use super::parts::{Book, Listed, Outage, Purpose, ReadKind, Unread};

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

impl Scheduler {
    pub(super) fn absorb_list(
        &mut self,
        (purpose, (sent, group, call)): (Purpose, (Now, LimitGroup, CallId)),
        now: Now,
        reading: Reading<Page<Action>>,
        listed: Vec<Listed>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let kind = ReadKind::of(&purpose).expect("a POST is not answered by a list");
        let page = match reading {
            Reading::Read(page) => page,
            Reading::Refused(detail) => {
                self.read_failed((kind, sent), now, &detail);
                self.give_back(purpose, now);
                return Ok(());
            }
            Reading::Trouble(trouble) => {
                self.read_troubled((kind, sent), (group, call), now, &trouble, book);
                self.give_back(purpose, now);
                return Ok(());
            }
        };
        if let Some(why) = about_another(&purpose, &listed) {
            self.stop(End::Tripped, &format!("{ANOTHER}: {why}"), now, book);
            self.give_back(purpose, now);
            return Ok(());
        }
        match purpose {
            Purpose::Find(search) => self.absorb_find(*search, (sent, now), &page, listed, book),
            Purpose::Sweep => self.absorb_sweep((sent, now), &page, listed, book),
            Purpose::Follow => self.absorb_follow((sent, now), &page, listed, book),
            Purpose::Submit(_) | Purpose::Cancel(_) => {
                unreachable!("a POST is not answered by a list")
            }
        }
    }

    /// The request is to be made again: an incomplete list proves nothing.
    fn give_back(&mut self, purpose: Purpose, now: Now) {
        match purpose {
            Purpose::Find(search) => self.file(search.machine, now),
            Purpose::Sweep => self.sweep.again(),
            Purpose::Follow => self.follow.again(self.reads_not_before.max(now.steady)),
            Purpose::Submit(_) | Purpose::Cancel(_) => {}
        }
    }

    /// An answer that proves nothing, in Defender's own words or in a list that has no end: reads
    /// wait longer each time.
    pub(super) fn read_failed(&mut self, (kind, sent): (ReadKind, Now), now: Now, why: &Detail) {
        let failures = self.unread.fail(kind, sent, why);
        let seed = self.random();
        let delay = self.policy.backoff.delay(failures, seed);
        self.reads_not_before = self.reads_not_before.max(now.steady.plus(delay));
    }

    /// No answer to a read or a cancel, or one that is not Defender's.
    pub(super) fn read_troubled(
        &mut self,
        (kind, sent): (ReadKind, Now),
        call: (LimitGroup, CallId),
        now: Now,
        trouble: &Trouble,
        book: &mut Book,
    ) {
        let delay = self.trouble(call, now, trouble, book);
        self.reads_not_before = self.reads_not_before.max(now.steady.plus(delay));
        let detail = trouble.detail();
        if !matches!(trouble, Trouble::Unreadable(_) | Trouble::Unreachable { .. }) {
            self.unread.fail(kind, sent, detail);
            return;
        }
        self.read_failed((kind, sent), now, detail);
        if !matches!(trouble, Trouble::Unreadable(_)) {
            return;
        }
        // Some time without a readable answer is like being cut off, and is shown as that.
        if self.unread.of(kind).is_some_and(|unread| unread.failures >= 3) {
            self.cut_off(call.0, Outage::unreadable, now, detail);
        }
    }

    /// Ends a run that waits for nothing but reads, once they failed for too long, or in a way that
    /// does not change by waiting.
    pub(super) fn give_up_reads(&mut self, now: Now, book: &mut Book) {
        if self.stopping.is_some() {
            return;
        }
        if self.following_is_over(now, &book.counts)
            && let Some(unread) = self.unread_list()
        {
            let why = format!(
                "Defender's list of actions could not be read, so it is not known what became of \
                 those that were pending: {}",
                unread.detail
            );
            self.stop(End::Pending, &why, now, book);
            return;
        }
        let over = ReadKind::ALL.into_iter().filter(|kind| self.waits_for(*kind, &book.counts));
        let over = over.filter_map(|kind| Some((kind, self.unread.of(kind)?)));
        let words = over.filter_map(|(kind, unread)| {
            let (what, said) = (kind.words(), &unread.detail);
            if unread.lasting >= Unread::LASTING_MAX && kind != ReadKind::Follow {
                let words = format!(
                    "{what} could not be read ten times in a row; the address, a proxy or the app \
                     is wrong: {said}"
                );
                return Some((End::Tripped, words));
            }
            let lasted = unread.lasted(now);
            let lasting = Span(Duration::from_secs(lasted.as_secs().max(1)));
            (lasted >= self.patience()).then(|| {
                (End::Unreachable, format!("{what} could not be read for {lasting}: {said}"))
            })
        });
        if let Some((end, why)) = words.collect::<Vec<_>>().into_iter().next() {
            self.stop(end, &why, now, book);
        }
    }

    /// Reads that failed of the list by which actions are followed, or of the one before it.
    pub(super) fn unread_list(&self) -> Option<&Unread> {
        self.unread.of(ReadKind::Follow).or_else(|| self.unread.of(ReadKind::Sweep))
    }

    /// Whether nothing goes on before a read of this kind.
    fn waits_for(&self, kind: ReadKind, counts: &Counts) -> bool {
        let sends = !self.queue.is_sent() || self.submits();
        let looks_up = self.queue.has_look_ups() || !self.searches.is_empty();
        match kind {
            ReadKind::Sweep => !self.sweep.is_done(),
            ReadKind::LookUp => !sends && looks_up,
            // Look-ups may wait for it as well.
            ReadKind::Follow => !sends && counts.of(State::Pending) > 0,
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
