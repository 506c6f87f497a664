//! The second look at the tenant's inventory: when it is due, how far it is, what it came to.
//!
//! A batch is sent for hours or days after its plan was made. Its machines are compared with the
//! inventory again, page by page, so that none is sent by what was true long ago. Deliberately
//! absent: the comparison itself (`engine::second_look`), and what is done about it (`recheck`).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{MachineNumber, Now, PageExtent, Timestamp};
use crate::guard::Class;

use super::super::super::tenant_reading::{PageTurn, Pages};

/// Readings of the inventory, and the machines that must not be sent by the newest one.
#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct Recheck {
    is_on: bool,
    /// When the newest whole reading began.
    read_at: Option<Now>,
    /// The reading under way.
    reading: Option<Reading>,
    /// A whole reading came that nobody has compared yet.
    is_fresh: bool,
    /// Readings in a row that had no end.
    endless: u32,
    turned: BTreeMap<MachineNumber, Class>,
    /// Machines that were left alone.
    left_alone: u64,
    /// Machines that were sent.
    sent: u64,
    /// Whether a request waits for a reading.
    blocks: bool,
}

#[derive(Debug)]
struct Reading {
    began: Now,
    pages: Pages,
    /// Whether a page of it is asked for.
    in_flight: bool,
}

impl Recheck {
    /// The inventory is read again this often while requests go out: ten pages of a tenant of
    /// 100,000 machines take 40 of the 1,500 reads of an hour.
    const EVERY: Duration = Duration::from_mins(15);

    /// Nothing is sent by an older reading: twice as long, so that one that fails at first delays
    /// nothing.
    const OLDEST: Duration = Duration::from_mins(30);

    /// `read_at` is when the plan's reading began, where this process made it.
    pub(in crate::engine::scheduler) fn on(read_at: Option<Timestamp>, now: Now) -> Self {
        let read_at = read_at.map(|at| Now { steady: now.steady_at(at), wall: at, ..now });
        Self { is_on: true, read_at, ..Self::default() }
    }

    /// How old the newest reading is, by the clock that says more: one of them may stand still
    /// while the computer sleeps.
    fn age(&self, now: Now) -> Option<Duration> {
        let read_at = self.read_at?;
        Some(now.steady.since(read_at.steady).max(now.wall.since(read_at.wall)))
    }

    /// Whether a page is to be asked for.
    pub(in crate::engine::scheduler) fn wants_page(&self, now: Now) -> bool {
        let is_due = || self.age(now).is_none_or(|age| age >= Self::EVERY);
        self.is_on && self.reading.as_ref().map_or_else(is_due, |reading| !reading.in_flight)
    }

    /// Whether machines may be sent by the newest reading. Remembers whether one has to wait.
    pub(in crate::engine::scheduler) fn lets_go(&mut self, now: Now) -> bool {
        self.blocks = self.is_on && self.age(now).is_none_or(|age| age >= Self::OLDEST);
        !self.blocks
    }

    /// Whether a machine had to wait for a reading when it was last asked.
    pub(in crate::engine::scheduler) const fn blocks(&self) -> bool {
        self.blocks
    }

    /// Marks the next page as asked for: rows to leave out.
    pub(in crate::engine::scheduler) fn ask(&mut self, now: Now) -> usize {
        let begin = || Reading { began: now, pages: Pages::default(), in_flight: true };
        let reading = self.reading.get_or_insert_with(begin);
        reading.in_flight = true;
        reading.pages.skip()
    }

    /// Whether the page under way is the first one.
    pub(in crate::engine::scheduler) fn is_first_page(&self) -> bool {
        self.reading.as_ref().is_none_or(|reading| reading.pages.skip() == 0)
    }

    /// The page did not come: it is asked for again.
    pub(in crate::engine::scheduler) const fn again(&mut self) {
        if let Some(reading) = &mut self.reading {
            reading.in_flight = false;
        }
    }

    /// A page came, `repeated` of whose rows the same reading had brought before. Whether the list
    /// has an end so far. Rows that moved are no reason to read it once more: it is read again
    /// soon, and a machine that was missed keeps what was known of it.
    pub(in crate::engine::scheduler) fn turn(
        &mut self,
        page: PageExtent,
        repeated: u64,
        full: usize,
    ) -> bool {
        let Some(reading) = &mut self.reading else { return true };
        reading.in_flight = false;
        match reading.pages.turn(page, repeated, full) {
            PageTurn::More => true,
            PageTurn::Whole => {
                self.read_at = Some(reading.began);
                self.reading = None;
                self.is_fresh = true;
                self.endless = 0;
                true
            }
            PageTurn::Endless => false,
        }
    }

    /// Whether a whole reading came since this was asked last: all machines in play are to be
    /// compared with it.
    pub(in crate::engine::scheduler) fn take_fresh(&mut self) -> bool {
        if self.is_fresh {
            self.turned.clear();
        }
        std::mem::take(&mut self.is_fresh)
    }

    /// Whether machines can be compared with what was read.
    pub(in crate::engine::scheduler) const fn has_read(&self) -> bool {
        self.is_on && self.read_at.is_some()
    }

    pub(in crate::engine::scheduler) fn turn_against(&mut self, number: MachineNumber, to: Class) {
        self.turned.insert(number, to);
    }

    /// What now speaks against a machine.
    pub(in crate::engine::scheduler) fn against(&self, number: MachineNumber) -> Option<Class> {
        self.turned.get(&number).copied()
    }

    /// The reading has no end: the next one begins at its start.
    pub(in crate::engine::scheduler) fn restart(&mut self) {
        self.reading = None;
        self.endless += 1;
    }

    /// Whether a page that came shows that the inventory can be read. After a reading without an
    /// end only a whole one does: else its first page would be a success each time.
    pub(in crate::engine::scheduler) const fn can_be_read(&self) -> bool {
        self.endless == 0
    }

    pub(in crate::engine::scheduler) const fn left_alone(&self) -> u64 {
        self.left_alone
    }

    pub(in crate::engine::scheduler) const fn leave_alone(&mut self) {
        self.left_alone += 1;
    }

    /// Requests that went out, each by a reading.
    pub(in crate::engine::scheduler) const fn sent(&self) -> u64 {
        self.sent
    }

    pub(in crate::engine::scheduler) const fn count_sent(&mut self) {
        self.sent += 1;
    }
}
