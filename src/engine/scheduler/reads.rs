//! What follows the answer to a list, whatever it was asked for.

use crate::domain::{
    Action, CallId, Detail, End, Forbidden, LimitGroup, Now, Page, Reading, Steady,
};

use super::book::Book;
use super::core::{Purpose, Scheduler};
use super::outage::Outage;
use super::request::Listed;
use super::submit::ANOTHER;

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
        (purpose, group, call): (Purpose, LimitGroup, CallId),
        now: Now,
        reading: Reading<Page<Action>>,
        listed: Vec<Listed>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let page = match reading {
            Reading::Read(page) => page,
            Reading::Refused(detail) => {
                self.read_failed(now, &detail);
                self.give_back(purpose, now);
                return Ok(());
            }
            Reading::Trouble(trouble) => {
                let delay = self.trouble((group, call), now, &trouble, book);
                self.reads_not_before = self.reads_not_before.max(now.steady.plus(delay));
                self.give_back(purpose, now);
                return Ok(());
            }
        };
        if let Some(why) = about_another(&purpose, &listed) {
            self.stop(End::Tripped, &format!("{ANOTHER}: {why}"), now, book);
            self.give_back(purpose, now);
            return Ok(());
        }
        self.unreadable = 0;
        match purpose {
            Purpose::Find(search) => self.absorb_find(search, now, &page, listed, book),
            Purpose::Sweep => self.absorb_sweep(now, &page, listed, book),
            Purpose::Follow => self.absorb_follow(now, &page, listed, book),
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

    /// An answer that proves nothing: reads wait longer each time, and count as being cut off.
    pub(super) fn read_failed(&mut self, now: Now, detail: &Detail) {
        self.unreadable += 1;
        let seed = self.random();
        let delay = self.policy.backoff.delay(self.unreadable, seed);
        self.reads_not_before = now.steady.plus(delay);
        // Some time without a readable list is like being cut off: it has an end, and shows one.
        if self.unreadable >= 3 {
            self.cut_off(Outage::unreadable, now, detail);
        }
    }

    /// Whether a read may go now, and when otherwise.
    pub(super) fn reads_wait(&self, now: Steady) -> Option<Steady> {
        (now < self.reads_not_before).then_some(self.reads_not_before)
    }
}
