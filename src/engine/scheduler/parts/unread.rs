//! Lists and cancels that could not be read: since when, how often, and what was said last.
//!
//! Kept apart by what they are for: one list that is read well says nothing about another, nor does
//! a POST that is answered. Deliberately absent: what follows.

use std::time::Duration;

use crate::domain::{Detail, Now};

use super::flight::Purpose;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum ReadKind {
    /// The list before the first POST.
    Sweep,
    LookUp,
    Follow,
    /// The inventory, before machines are sent by what it says.
    Inventory,
    /// A cancel: asked again like a list, since to cancel twice is to cancel once.
    Cancel,
}

impl ReadKind {
    pub(in crate::engine::scheduler) const ALL: [Self; 5] =
        [Self::Sweep, Self::LookUp, Self::Follow, Self::Inventory, Self::Cancel];

    /// Of a request; none for a POST.
    pub(in crate::engine::scheduler) const fn of(purpose: &Purpose) -> Option<Self> {
        match purpose {
            Purpose::Submit(_) => None,
            Purpose::Find(_) => Some(Self::LookUp),
            Purpose::Sweep => Some(Self::Sweep),
            Purpose::Follow => Some(Self::Follow),
            Purpose::Recheck => Some(Self::Inventory),
            Purpose::Cancel(_) => Some(Self::Cancel),
        }
    }

    /// What could not be read, as the beginning of a sentence.
    pub(in crate::engine::scheduler) const fn words(self) -> &'static str {
        match self {
            Self::Sweep | Self::Follow => "Defender's list of actions",
            Self::LookUp => "Defender's list of a machine's actions",
            Self::Inventory => "Defender's list of machines",
            Self::Cancel => "Defender's answer to a cancel",
        }
    }
}

#[derive(Debug, Clone)]
pub(in crate::engine::scheduler) struct Unread {
    /// When the first of them was sent.
    pub(in crate::engine::scheduler) since: Now,
    pub(in crate::engine::scheduler) failures: u32,
    /// The last ones, in a row, whose answer does not change by waiting.
    pub(in crate::engine::scheduler) lasting: u32,
    pub(in crate::engine::scheduler) detail: Detail,
}

impl Unread {
    /// Answers in a row that do not change by waiting, after which nobody waits: as many as POSTs.
    pub(in crate::engine::scheduler) const LASTING_MAX: u32 = 10;

    pub(in crate::engine::scheduler) fn lasted(&self, now: Now) -> Duration {
        now.steady.since(self.since.steady)
    }
}

#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct UnreadKinds([Option<Unread>; 5]);

impl UnreadKinds {
    pub(in crate::engine::scheduler) const fn of(&self, kind: ReadKind) -> Option<&Unread> {
        self.0[kind as usize].as_ref()
    }

    /// One that was sent at `sent` failed. Gives how many in a row it is.
    pub(in crate::engine::scheduler) fn fail(
        &mut self,
        kind: ReadKind,
        sent: Now,
        detail: &Detail,
    ) -> u32 {
        let unread = self.0[kind as usize].get_or_insert_with(|| Unread {
            since: sent,
            failures: 0,
            lasting: 0,
            detail: Detail::default(),
        });
        unread.failures = unread.failures.saturating_add(1);
        unread.lasting = if detail.changes_by_waiting() { 0 } else { unread.lasting + 1 };
        unread.detail = detail.clone();
        unread.failures
    }

    /// Nothing could be read for so long: the patience is as long as before.
    pub(in crate::engine::scheduler) fn was_away(&mut self, away: Duration) {
        for unread in self.0.iter_mut().flatten() {
            unread.since.steady = unread.since.steady.plus(away);
        }
    }

    pub(in crate::engine::scheduler) fn read(&mut self, kind: ReadKind) {
        self.0[kind as usize] = None;
    }
}
