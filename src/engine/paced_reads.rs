//! Reads outside of a batch's run, one after the other, within the budget of reads.
//!
//! Each is in the journal before it goes out, so that the next process counts it. One that failed
//! is tried again for a while. Deliberately absent: what is read.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep_until;

use crate::domain::{
    Call, CallId, Detail, LimitGroup, Placing, ReadAnswer, Reply, Steady, Timestamp, Trouble,
};
use crate::journal::{Changes, Journal, JournalError};
use crate::limiter::{Admission, Gate, Pace, QuotaRefusal};
use crate::retry::Backoff;

use super::{Clock, RunOptions};

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The app may not.
    #[error("{0}")]
    Forbidden(Detail),
    /// Waiting does not change it: a redirect, a certificate, a refusal, again and again.
    #[error("{0}")]
    Lasting(Detail),
    /// It may pass, but did not in the time that there was.
    #[error("{0}")]
    Unreachable(Detail),
    #[error("the list has no end: page {pages} brought nothing new")]
    Endless { pages: u32 },
}

/// What holds a read up, for those who wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadDelay {
    /// It failed, and is tried again.
    Failed(Detail),
    /// The limit of reads is used up until then.
    Limit(Timestamp),
}

/// A wait for the limit that is shorter is not told.
const TOLD_FROM: Duration = Duration::from_secs(3);

/// How often in a row an answer that waiting does not change is asked for again.
const LASTING_MAX: u32 = 3;

/// Reads, with the gate that they pass.
pub(super) struct PacedReads<'a> {
    pub(super) journal: &'a mut Journal,
    clock: &'a Clock,
    gate: Gate,
    /// How long one read is tried again.
    most: Duration,
    pub(super) calls: u32,
}

enum Next {
    /// Not before then, and why.
    Again(Steady),
    End(ReadError),
}

impl<'a> PacedReads<'a> {
    pub(super) fn new(
        journal: &'a mut Journal,
        clock: &'a Clock,
        options: &RunOptions,
        most: Duration,
    ) -> Result<Self, JournalError> {
        let mut gate = Gate::new(&options.gate(Pace::Burst));
        let history = journal.history(options.budget().calls_kept())?;
        let groups: &[LimitGroup] =
            if options.shared_reads { &LimitGroup::ALL } else { &[LimitGroup::Reads] };
        gate.remember(&history, groups, &Placing::at(clock.now()));
        Ok(Self { journal, clock, gate, most, calls: 0 })
    }

    /// Makes one read until it is answered; `told` hears of each failure that is tried again.
    pub(super) async fn ask<T, F>(
        &mut self,
        read: impl Fn() -> F,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<T, ReadError>
    where
        F: Future<Output = Reply<ReadAnswer<T>>>,
    {
        let gives_up_at = self.clock.now().steady.plus(self.most);
        let (mut failures, mut lasting) = (0, 0);
        loop {
            let id = self.admit(told).await?;
            let reply = read().await;
            self.receive(id, reply.heard)?;
            let detail = match &reply.what {
                ReadAnswer::Read(_) => None,
                ReadAnswer::Refused(detail) => Some(detail.clone()),
                ReadAnswer::Trouble(trouble) => Some(trouble.detail().clone()),
            };
            failures += 1;
            let stays = detail.as_ref().is_some_and(|detail| !detail.changes_by_waiting());
            lasting = if stays { lasting + 1 } else { 0 };
            match self.next(reply.what, (failures, lasting), gives_up_at) {
                Ok(read) => return Ok(read),
                Err(Next::End(error)) => return Err(error),
                Err(Next::Again(at)) => {
                    told(&ReadDelay::Failed(detail.unwrap_or_default()));
                    sleep_until(self.clock.instant(at)).await;
                }
            }
        }
    }

    fn next<T>(
        &mut self,
        what: ReadAnswer<T>,
        (failures, lasting): (u32, u32),
        gives_up_at: Steady,
    ) -> Result<T, Next> {
        let now = self.clock.now().steady;
        let detail = match what {
            ReadAnswer::Read(read) => {
                self.gate.answered_well();
                return Ok(read);
            }
            ReadAnswer::Trouble(Trouble::TooMany { retry_after, window, .. }) => {
                let pause = self.gate.too_many(now, QuotaRefusal { retry_after, window });
                return Err(Next::Again(pause.until));
            }
            ReadAnswer::Trouble(Trouble::Forbidden(detail)) => {
                return Err(Next::End(ReadError::Forbidden(detail)));
            }
            ReadAnswer::Trouble(Trouble::Redirected(detail) | Trouble::Mismatched(detail)) => {
                return Err(Next::End(ReadError::Lasting(detail)));
            }
            ReadAnswer::Refused(detail) => detail,
            ReadAnswer::Trouble(trouble) => trouble.detail().clone(),
        };
        // One process alone reads here, so nothing needs to be spread.
        let at = now.plus(Backoff::default().delay(failures, 0));
        Err(if lasting >= LASTING_MAX || (lasting > 0 && at > gives_up_at) {
            Next::End(ReadError::Lasting(detail))
        } else if at > gives_up_at {
            Next::End(ReadError::Unreachable(detail))
        } else {
            Next::Again(at)
        })
    }

    /// Waits for a slot and takes it, on disk.
    async fn admit(&mut self, told: &mut impl FnMut(&ReadDelay)) -> Result<CallId, ReadError> {
        loop {
            let now = self.clock.now();
            match self.gate.admit(now.steady) {
                Admission::Go => {
                    let (id, group) = (self.journal.next_call()?, LimitGroup::Reads);
                    let call = Call { id, group, sent_at: now.wall, receipt: None };
                    self.journal.commit(&Changes { calls: vec![call], ..Changes::default() })?;
                    self.gate.sent(now.steady);
                    self.calls += 1;
                    return Ok(id);
                }
                Admission::NotBefore { at, .. } => {
                    if at.since(now.steady) >= TOLD_FROM {
                        told(&ReadDelay::Limit(now.wall_at(at)));
                    }
                    sleep_until(self.clock.instant(at)).await;
                }
                Admission::AwaitReceipt { .. } | Admission::AwaitProbe => {
                    unreachable!("one read at a time: none is in flight here")
                }
            }
        }
    }

    fn receive(&mut self, id: CallId, heard: bool) -> Result<(), ReadError> {
        let now = self.clock.now();
        let stamp = if heard {
            self.gate.receipt(now.steady);
            now.stamp()
        } else {
            self.gate.unanswered(now.steady);
            now.stamp().plus(self.gate.margin())
        };
        let receipts = vec![(id, stamp)];
        Ok(self.journal.commit(&Changes { receipts, ..Changes::default() })?)
    }
}
