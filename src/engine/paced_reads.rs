//! Reads outside of a batch's run, one after the other, within the budget of reads.
//!
//! Each is in the journal before it goes out, and what others left there is counted before each, so
//! that several processes keep the limits together. One that failed is tried again for a while.
//! Deliberately absent: what is read.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep_until;

use crate::domain::{
    CallId, Detail, Freeze, LimitGroup, Now, Phantoms, Placing, ReadAnswer, Reply, Steady,
    Timestamp, Trouble,
};
use crate::journal::{Changes, Company, Journal, JournalError};
use crate::limiter::{Admission, Filled, Gate, QuotaRefusal};
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
    /// The way there is barred: a certificate that is not trusted, a rule of the proxy.
    #[error("{0}")]
    Barred(Detail),
    /// Waiting does not change it: a redirect, a refusal, again and again.
    #[error("{0}")]
    Lasting(Detail),
    /// It may pass, but did not in the time that there was.
    #[error("{0}")]
    Unreachable(Detail),
    #[error("the list has no end: page {pages} brought nothing new")]
    Endless { pages: u32 },
    /// A run beside it counts reads and requests together.
    #[error("a run counts reads and requests together (--shared-reads), and would not see these")]
    SharedBeside,
    #[error("the limit of reads is too small to be shared with the run that goes on")]
    NoShareBeside,
}

/// What holds a read up, for those who wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadDelay {
    /// It failed, and is tried again.
    Failed { detail: Detail, gives_up_at: Timestamp },
    /// The limit of reads is used up until then.
    Limit(Timestamp),
}

/// A wait for the limit that is shorter is not told.
const TOLD_FROM: Duration = Duration::from_secs(3);

/// How often in a row an answer that waiting does not change is asked for again.
const LASTING_MAX: u32 = 3;

/// Reads, with the gate that they pass.
pub struct PacedReads<'a> {
    pub(super) journal: &'a mut Journal,
    /// Where calls are noted; none: in the same journal.
    ledger: Option<&'a mut Journal>,
    clock: &'a Clock,
    options: &'a RunOptions,
    /// Whether a pause was noted that named no time.
    in_doubt: bool,
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
    /// They are noted in `journal`; `most` is how long one is tried again.
    pub fn new(
        journal: &'a mut Journal,
        clock: &'a Clock,
        options: &'a RunOptions,
        most: Duration,
    ) -> Self {
        let (ledger, in_doubt, calls) = (None, false, 0);
        Self { journal, ledger, clock, options, in_doubt, most, calls }
    }

    /// Calls are noted in another journal than that of what is read.
    pub(super) fn counted_in(self, ledger: &'a mut Journal) -> Self {
        Self { ledger: Some(ledger), ..self }
    }

    const fn ledger(&mut self) -> &mut Journal {
        match &mut self.ledger {
            Some(ledger) => ledger,
            None => self.journal,
        }
    }

    /// Makes one read until it is answered; `told` hears of each failure that is tried again.
    ///
    /// # Errors
    /// [`ReadError`] where it was not answered in that time, or waiting does not change it.
    pub async fn ask<T, F>(
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
            let pause = self.receive(id, &reply)?;
            let detail = match &reply.what {
                ReadAnswer::Read(_) => None,
                ReadAnswer::Refused(detail) => Some(detail.clone()),
                ReadAnswer::Trouble(trouble) => Some(trouble.detail().clone()),
            };
            failures += 1;
            let stays = detail.as_ref().is_some_and(|detail| !detail.changes_by_waiting());
            lasting = if stays { lasting + 1 } else { 0 };
            match self.next(reply.what, pause, (failures, lasting), gives_up_at) {
                Ok(read) => return Ok(read),
                Err(Next::End(error)) => return Err(error),
                Err(Next::Again(at)) => {
                    let detail = detail.unwrap_or_default();
                    let gives_up_at = self.clock.now().wall_at(gives_up_at);
                    told(&ReadDelay::Failed { detail, gives_up_at });
                    sleep_until(self.clock.instant(at)).await;
                }
            }
        }
    }

    fn next<T>(
        &self,
        what: ReadAnswer<T>,
        pause: Option<Steady>,
        (failures, lasting): (u32, u32),
        gives_up_at: Steady,
    ) -> Result<T, Next> {
        let now = self.clock.now().steady;
        let detail = match what {
            ReadAnswer::Read(read) => return Ok(read),
            ReadAnswer::Trouble(Trouble::TooMany { .. }) => {
                return Err(Next::Again(pause.unwrap_or(now)));
            }
            ReadAnswer::Trouble(Trouble::Forbidden(detail)) => {
                return Err(Next::End(ReadError::Forbidden(detail)));
            }
            ReadAnswer::Trouble(Trouble::ProxyAuthentication(detail)) => {
                return Err(Next::End(ReadError::Barred(detail)));
            }
            ReadAnswer::Trouble(Trouble::Redirected(detail) | Trouble::Mismatched(detail)) => {
                return Err(Next::End(ReadError::Lasting(detail)));
            }
            ReadAnswer::Refused(detail) => detail,
            ReadAnswer::Trouble(trouble) => trouble.detail().clone(),
        };
        if detail.refuses_access() {
            return Err(Next::End(ReadError::Barred(detail)));
        }
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
        let options = self.options;
        loop {
            let now = self.clock.now();
            let mut admission = Admission::Go;
            let taken = self.ledger().take_read(now.wall, |ledger| {
                admission = gate(ledger, options, now, None)?.admit(now.steady);
                Ok::<bool, ReadError>(admission == Admission::Go)
            })?;
            if let Some(id) = taken {
                self.calls += 1;
                return Ok(id);
            }
            let Admission::NotBefore { at, .. } = admission else {
                unreachable!("no call of others is in flight in a gate that was made just now")
            };
            if at.since(now.steady) >= TOLD_FROM {
                told(&ReadDelay::Limit(now.wall_at(at)));
            }
            sleep_until(self.clock.instant(at)).await;
        }
    }

    /// Notes an answer. Until when a 429 says that nothing goes out.
    fn receive<T>(
        &mut self,
        id: CallId,
        reply: &Reply<ReadAnswer<T>>,
    ) -> Result<Option<Steady>, ReadError> {
        let (now, options, group) = (self.clock.now(), self.options, LimitGroup::Reads);
        let mut gate = gate(self.ledger(), options, now, Some(id))?;
        let late = if reply.heard { Duration::ZERO } else { gate.margin() };
        let receipts = vec![(id, now.stamp().plus(late))];
        let mut changes = Changes { receipts, ..Changes::default() };
        let mut paused = None;
        match &reply.what {
            ReadAnswer::Trouble(Trouble::TooMany { retry_after, window, .. }) => {
                let (retry_after, window) = (*retry_after, *window);
                gate.sent(now.steady);
                gate.receipt(now.steady);
                let pause = gate.too_many(now.steady, QuotaRefusal { retry_after, window });
                let until = now.stamp_at(pause.until);
                changes.freezes.push(Freeze { group, until, streak: pause.streak });
                if let Some(Filled { window, calls, until }) = pause.filled {
                    let until = now.stamp_at(until);
                    changes.phantoms.push(Phantoms { group, window, calls, until });
                }
                paused = Some(pause.until);
                self.in_doubt |= pause.streak > 0;
            }
            _ if self.in_doubt => {
                changes.freezes.push(Freeze { group, until: now.stamp(), streak: 0 });
                self.in_doubt = false;
            }
            _ => {}
        }
        self.ledger().note_reads(&changes)?;
        Ok(paused)
    }
}

/// The gate of the next read, by what all processes left; `but` is the call that was answered.
fn gate(
    ledger: &Journal,
    options: &RunOptions,
    now: Now,
    but: Option<CallId>,
) -> Result<Gate, ReadError> {
    let groups: &[LimitGroup] =
        if options.shared_reads { &LimitGroup::ALL } else { &[LimitGroup::Reads] };
    let (company, mut history) = ledger.reads(options.budget().calls_kept(), groups)?;
    history.calls.retain(|call| Some(call.id) != but);
    let limits = match company {
        Company::Alone => options.reads_gate(),
        Company::BesideRunner if but.is_none() && is_shared(ledger, options)? => {
            return Err(ReadError::SharedBeside);
        }
        Company::BesideRunner => options.reads_beside().ok_or(ReadError::NoShareBeside)?,
    };
    let mut gate = Gate::new(&limits);
    gate.remember(&history, groups, &Placing::at(now));
    Ok(gate)
}

/// Whether what the runner sends and what it reads are one budget.
fn is_shared(ledger: &Journal, options: &RunOptions) -> Result<bool, JournalError> {
    let shared = |text: &String| RunOptions::from_json(text).is_ok_and(|run| run.shared_reads);
    Ok(options.shared_reads || ledger.options_at_work()?.iter().any(shared))
}
