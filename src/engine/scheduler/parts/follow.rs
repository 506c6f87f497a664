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
    /// Whether the list under way began after the last submission.
    covers_all: bool,
    /// When the newest list began that did so and was read to its end.
    covered_all: Option<Steady>,
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

/// How long actions are followed, counted from when nothing more was sent.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine::scheduler) struct FollowTime {
    pub(in crate::engine::scheduler) since: Steady,
    pub(in crate::engine::scheduler) timeout: Duration,
}

impl FollowTime {
    /// When it is over, if lists can be read.
    pub(in crate::engine::scheduler) fn over_at(self) -> Steady {
        self.since.plus(self.timeout)
    }
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
            covered_all: None,
            began: now.steady,
            last_submission: last_sent_at.map_or(now.steady, |at| now.steady_at(at)),
        }
    }

    pub(in crate::engine::scheduler) const fn submitted(&mut self, now: Steady) {
        self.last_submission = now;
        (self.covers_all, self.covered_all) = (false, None);
    }

    /// When the next page is to be asked for; none while one is under way. The first list comes
    /// before the time for following is over.
    pub(in crate::engine::scheduler) fn next_page(&self, timeout: Duration) -> Option<Steady> {
        match self.stage {
            Stage::Due(at) if self.polls == 0 => Some(at.min(self.time(timeout).over_at())),
            Stage::Due(at) | Stage::Page(at) => Some(at),
            Stage::Asked => None,
        }
    }

    /// The same where nothing more is sent before a time is over: a list that shows how all of it
    /// stands by then comes at its end, or at once where that has passed.
    pub(in crate::engine::scheduler) fn next_page_in(&self, time: FollowTime) -> Option<Steady> {
        let over_at = time.over_at();
        match self.stage {
            Stage::Due(at) if !self.shows(over_at) => Some(at.min(over_at)),
            Stage::Due(at) | Stage::Page(at) => Some(at),
            Stage::Asked => None,
        }
    }

    /// Whether a list that began then or later was read to its end, and nothing was sent since.
    fn shows(&self, then: Steady) -> bool {
        self.covered_all.is_some_and(|began| began >= then)
    }

    /// Nothing could be read until now: as after a start, only what is read from now on counts.
    pub(in crate::engine::scheduler) const fn was_away(&mut self, now: Steady) {
        self.began = now;
        (self.covers_all, self.covered_all) = (false, None);
    }

    /// The time for which actions are followed after the last submission.
    pub(in crate::engine::scheduler) const fn time(&self, timeout: Duration) -> FollowTime {
        FollowTime { since: self.last_submission, timeout }
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
                self.covered_all = self.covers_all.then_some(self.list_began);
                // Counted are the pages of both readings, so that a list that moves each time does
                // not take more of the windows.
                Stage::Due(now.plus(gap(self.paging.asked())))
            }
        };
    }

    /// When a time is over, but not before this run read a list to its end that began after the
    /// last submission. Where that fails, it is tried for as long from the run's start, and for
    /// some seconds at least, so that one failure is not the end.
    pub(in crate::engine::scheduler) fn ends_at(
        &self,
        time: FollowTime,
        unread: Option<&Unread>,
    ) -> Option<Steady> {
        const TRIED: Duration = Duration::from_secs(5);
        let Some(Unread { since, failures, detail, .. }) = unread else {
            return self.covered_all.map(|_| time.over_at());
        };
        let tried_until = since.steady.plus(TRIED);
        if self.covered_all.is_some() {
            return Some(time.over_at().max(tried_until));
        }
        // Without a time at all, it is three tries: a request may take half a minute to fail. After
        // a 429 each of them would be a pause of up to an hour.
        if time.timeout.is_zero() && *failures < 3 && detail.http_status != Some(429) {
            return None;
        }
        let last = time.since.max(self.began);
        Some(last.plus(time.timeout).max(tried_until))
    }

    /// Whether a time is over, and a list that began at its end or later has shown what came of
    /// all, or cannot be read: a computer that slept past that end wakes up to one more list.
    pub(in crate::engine::scheduler) fn is_over(
        &self,
        time: FollowTime,
        unread: Option<&Unread>,
        now: Steady,
    ) -> bool {
        let is_over = self.ends_at(time, unread).is_some_and(|at| at <= now);
        is_over && (unread.is_some() || self.shows(time.over_at()))
    }
}
