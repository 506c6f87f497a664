//! How far pending actions have been followed by list.

use std::time::Duration;

use crate::domain::{Action, Now, Page, Steady, Timestamp};

use super::paging::{PageOutcome, PageRules, Paging};
use super::unread::Unread;

pub(in crate::engine::scheduler) struct Follow {
    stage: Stage,
    since: Timestamp,
    paging: Paging,
    /// When the list under way began.
    list_began: Steady,
    /// Whole lists read since the start.
    polls: u32,
    /// Whether the list under way began after the last submission, and whether one that did was
    /// read to its end.
    covers_all: bool,
    covered_all: bool,
    began: Steady,
    last_submission: Steady,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// When the next list begins.
    Due(Steady),
    /// Its next page is to be asked for, not before then.
    Page(Steady),
    /// A page is under way.
    Asked,
}

impl Follow {
    pub(in crate::engine::scheduler) fn new(
        now: Now,
        first_list: Steady,
        last_sent_at: Option<Timestamp>,
    ) -> Self {
        Self {
            stage: Stage::Due(first_list),
            since: now.wall,
            paging: Paging::default(),
            list_began: now.steady,
            polls: 0,
            covers_all: false,
            covered_all: false,
            began: now.steady,
            last_submission: last_sent_at.map_or(now.steady, |at| now.steady_at(at)),
        }
    }

    pub(in crate::engine::scheduler) const fn submitted(&mut self, now: Steady) {
        self.last_submission = now;
        (self.covers_all, self.covered_all) = (false, false);
    }

    /// When the next page is to be asked for; none while one is under way. The first list comes
    /// before the time for following is over.
    pub(in crate::engine::scheduler) fn next_page(&self, timeout: Duration) -> Option<Steady> {
        match self.stage {
            Stage::Due(at) if self.polls == 0 => Some(at.min(self.is_over_at(timeout))),
            Stage::Due(at) | Stage::Page(at) => Some(at),
            Stage::Asked => None,
        }
    }

    /// The same once nothing more is sent: every list comes before the time for following is over,
    /// so that one of them shows all of it.
    pub(in crate::engine::scheduler) fn next_page_of_all(
        &self,
        timeout: Duration,
    ) -> Option<Steady> {
        match self.stage {
            Stage::Due(at) => Some(at.min(self.is_over_at(timeout))),
            _ => self.next_page(timeout),
        }
    }

    /// When the time for following is over, if lists can be read.
    pub(in crate::engine::scheduler) fn is_over_at(&self, timeout: Duration) -> Steady {
        self.last_submission.plus(timeout)
    }

    /// The next page begins a new list, so the oldest open action is to be asked for.
    pub(in crate::engine::scheduler) const fn begins_list(&self) -> bool {
        matches!(self.stage, Stage::Due(_))
    }

    /// The page failed, and is asked for again then.
    pub(in crate::engine::scheduler) const fn again(&mut self, at: Steady) {
        self.stage = Stage::Page(at);
    }

    /// Begins a new list, of what was made `since` then.
    pub(in crate::engine::scheduler) fn begin(&mut self, since: Timestamp, now: Steady) {
        self.since = since;
        self.paging = Paging::default();
        self.list_began = now;
        self.covers_all = true;
    }

    /// Marks the next page as asked for; since when, and how many rows are left out.
    pub(in crate::engine::scheduler) fn ask(&mut self) -> (Timestamp, usize) {
        self.stage = Stage::Asked;
        (self.since, self.paging.skip())
    }

    /// Whether POSTs of our own may have moved the rows of this list.
    pub(in crate::engine::scheduler) fn is_moved_by_us(&self) -> bool {
        self.last_submission >= self.list_began
    }

    pub(in crate::engine::scheduler) fn turn(
        &mut self,
        page: &Page<Action>,
        how: PageRules,
    ) -> PageOutcome {
        self.paging.turn(page, how)
    }

    /// Another page follows at once, or another list once `gap` for this list's pages is over.
    pub(in crate::engine::scheduler) fn goes_on(
        &mut self,
        turned: PageOutcome,
        now: Steady,
        gap: impl Fn(u32) -> Duration,
    ) {
        self.stage = match turned {
            PageOutcome::Next | PageOutcome::OnceMore => Stage::Page(now),
            PageOutcome::Whole | PageOutcome::Dry | PageOutcome::Endless => {
                self.polls += 1;
                self.covered_all = self.covers_all;
                // Counted are the pages of both readings, so that a list that moves each time does
                // not take more of the windows.
                Stage::Due(now.plus(gap(self.paging.asked())))
            }
        };
    }

    /// When following ends: `timeout` after the last submission, but not before this run read a
    /// list to its end that began after it. Where that fails, it is tried for as long from the
    /// run's start, and for some seconds at least, so that one failure is not the end.
    pub(in crate::engine::scheduler) fn ends_at(
        &self,
        timeout: Duration,
        unread: Option<&Unread>,
    ) -> Option<Steady> {
        const TRIED: Duration = Duration::from_secs(5);
        if self.covered_all {
            return Some(self.is_over_at(timeout));
        }
        let Unread { since, failures, detail, .. } = unread?;
        // Without a time at all, it is three tries: a request may take half a minute to fail. After
        // a 429 each of them would be a pause of up to an hour.
        if timeout.is_zero() && *failures < 3 && detail.http_status != Some(429) {
            return None;
        }
        let last = self.last_submission.max(self.began);
        Some(last.plus(timeout).max(since.steady.plus(TRIED)))
    }
}
