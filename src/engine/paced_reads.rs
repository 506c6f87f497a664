//! Reads outside of a batch's run, within the budget of reads.
//!
//! Each is in the journal before it goes out, and what others left there is counted before each, so
//! that several processes keep the limits together. One that failed is tried again for a while.
//! Deliberately absent: what is read; several at a time (`reads_together`).

use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;

use futures::future::join;
use tokio::time::sleep_until;

use crate::domain::{
    CallId, Detail, Freeze, LimitGroup, Phantoms, ReadAnswer, Reply, Stamp, Steady, Timestamp,
    Trouble,
};
use crate::journal::{Changes, Journal, JournalError};
use crate::limiter::{Admission, Filled, QuotaRefusal, Why};
use crate::retry::Backoff;

use super::access::{SIGN_IN_PATIENCE, TokenRenewal, refusal, token_refused};
use super::read_error::ReadError;
use super::read_patience::{ReadPatience, Tries};
use super::reads_gate::gate;
use super::{Clock, RunOptions};

/// What holds a read up, for those who wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadDelay {
    /// It failed, and is tried again at `next_at`, until it is given up.
    Failed { detail: Detail, next_at: Timestamp, gives_up_at: Timestamp },
    /// Defender asked for a pause until `next_at`; it is given up where a pause would end after
    /// `gives_up_at`.
    Paused { next_at: Timestamp, gives_up_at: Timestamp },
    /// The limit of reads is used up until then.
    Limit(Timestamp),
}

/// A wait for the limit that is shorter is not told.
const TOLD_FROM: Duration = Duration::from_secs(3);

/// How often in a row an answer that waiting does not change is asked for again.
const LASTING_MAX: u32 = 3;

/// Calls that one commit takes for reads that follow at once, and reads on their way together: as
/// many as requests of a run, by default.
pub(super) const SLOTS_AT_ONCE: usize = 8;

/// Reads, with the gate that they pass.
pub struct PacedReads<'a> {
    pub(super) journal: &'a mut Journal,
    /// Where calls are noted; none: in the same journal.
    ledger: Option<&'a mut Journal>,
    pub(super) clock: &'a Clock,
    options: &'a RunOptions,
    /// Whether a pause was noted that named no time.
    in_doubt: bool,
    /// When answers came, as far as it is not on disk yet.
    pub(super) unwritten: Vec<(CallId, Stamp)>,
    /// Calls that are on disk and go out next.
    pub(super) slots: VecDeque<CallId>,
    renewal: TokenRenewal,
    pub(super) patience: ReadPatience,
    pub(super) calls: u32,
}

enum Next {
    /// At once: it comes with a new token.
    AtOnce,
    /// Not before then, since a 429 said so.
    AfterPause(Steady),
    /// Not before then; it is given up at the second instant.
    Again(Steady, Steady),
    End(ReadError),
}

impl<'a> PacedReads<'a> {
    /// They are noted in `journal`.
    pub fn new(
        journal: &'a mut Journal,
        clock: &'a Clock,
        options: &'a RunOptions,
        patience: ReadPatience,
    ) -> Self {
        Self {
            journal,
            ledger: None,
            clock,
            options,
            in_doubt: false,
            unwritten: Vec::new(),
            slots: VecDeque::new(),
            renewal: TokenRenewal::default(),
            patience,
            calls: 0,
        }
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
        self.ask_and(|_| Ok(()), read, told).await
    }

    /// The same, and does `work` on the journal while the request is on its way. Its time is part
    /// of the request's, so it takes a fraction of a second.
    pub(super) async fn ask_and<T, F>(
        &mut self,
        work: impl FnOnce(&mut Journal) -> Result<(), JournalError>,
        read: impl Fn() -> F,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<T, ReadError>
    where
        F: Future<Output = Reply<ReadAnswer<T>>>,
    {
        let mut work = Some(work);
        let mut tries = Tries::beginning(self.clock.now().steady, self.patience);
        loop {
            let id = self.admit(1, tries.last_pause_ends, told).await?;
            let (reply, worked) = join(read(), async {
                let Some(work) = work.take() else { return Ok(()) };
                on_its_way().await;
                work(self.journal)
            })
            .await;
            let pause = self.receive(id, &reply)?;
            worked?;
            self.check_access(&reply.what)?;
            let detail = match &reply.what {
                ReadAnswer::Read(_) => None,
                ReadAnswer::Refused(detail) => Some(detail.clone()),
                ReadAnswer::Trouble(trouble) => Some(trouble.detail().clone()),
            };
            let stays = detail.as_ref().is_some_and(|detail| !detail.changes_by_waiting());
            tries.failed(stays);
            match self.next(reply.what, pause, &tries) {
                Ok(read) => return Ok(read),
                Err(Next::End(error)) => return Err(error),
                Err(Next::AtOnce) => {}
                Err(Next::AfterPause(at)) => {
                    told(&self.paused(at, tries.last_pause_ends));
                    sleep_until(self.clock.instant(at)).await;
                    tries.answered(at);
                }
                Err(Next::Again(at, gives_up_at)) => {
                    let (now, detail) = (self.clock.now(), detail.unwrap_or_default());
                    let (next_at, gives_up_at) = (now.wall_at(at), now.wall_at(gives_up_at));
                    told(&ReadDelay::Failed { detail, next_at, gives_up_at });
                    sleep_until(self.clock.instant(at)).await;
                }
            }
        }
    }

    fn next<T>(
        &self,
        what: ReadAnswer<T>,
        pause: Option<Steady>,
        tries: &Tries,
    ) -> Result<T, Next> {
        let now = self.clock.now().steady;
        let &Tries { since, failures, lasting, last_pause_ends } = tries;
        let (backoff, most) = (Backoff::default(), self.patience.unanswered);
        let gives_up_at = since.plus(most);
        let detail = match what {
            ReadAnswer::Read(read) => return Ok(read),
            ReadAnswer::Trouble(Trouble::TooMany { .. }) => {
                let at = pause.unwrap_or(now);
                return Err(if at > last_pause_ends {
                    Next::End(ReadError::Paused(self.clock.now().wall_at(at)))
                } else {
                    Next::AfterPause(at)
                });
            }
            ReadAnswer::Trouble(Trouble::Redirected(detail) | Trouble::Mismatched(detail)) => {
                return Err(Next::End(ReadError::Lasting(detail)));
            }
            ReadAnswer::Trouble(Trouble::Unauthorized(_)) => return Err(Next::AtOnce),
            // As a run waits for a sign-in that is refused.
            ReadAnswer::Trouble(Trouble::SignIn(detail)) => {
                let gives_up_at = since.plus(most.max(SIGN_IN_PATIENCE));
                let at = now.plus(backoff.most);
                return Err(if at <= gives_up_at {
                    Next::Again(at, gives_up_at)
                } else if detail.changes_by_waiting() {
                    Next::End(ReadError::Unreachable(detail))
                } else {
                    let what = detail.sign_in_failed();
                    Next::End(ReadError::NoAccess(format!("{what}: {detail}")))
                });
            }
            ReadAnswer::Refused(detail) => detail,
            ReadAnswer::Trouble(trouble) => trouble.detail().clone(),
        };
        if detail.refuses_access() {
            return Err(Next::End(ReadError::Barred(detail)));
        }
        // One process alone reads here, so nothing needs to be spread.
        let at = now.plus(backoff.delay(failures, 0));
        Err(if lasting >= LASTING_MAX || (lasting > 0 && at > gives_up_at) {
            Next::End(ReadError::Lasting(detail))
        } else if at > gives_up_at {
            Next::End(ReadError::Unreachable(detail))
        } else {
            Next::Again(at, gives_up_at)
        })
    }

    /// Ends what would be refused each time, as it ends a run. Of reads that were on their way
    /// together, each counts as the last of them: no token came between them.
    pub(super) fn check_access<T>(&mut self, what: &ReadAnswer<T>) -> Result<(), ReadError> {
        match what {
            ReadAnswer::Trouble(Trouble::Forbidden(detail)) => {
                Err(ReadError::Forbidden(detail.clone()))
            }
            ReadAnswer::Trouble(Trouble::Unauthorized(detail)) => {
                let (call, next) = (CallId(self.calls.into()), CallId((self.calls + 1).into()));
                if self.renewal.is_refused(call, next) {
                    return Err(ReadError::NoAccess(token_refused(detail)));
                }
                Ok(())
            }
            ReadAnswer::Trouble(trouble) => refusal(trouble, LimitGroup::Reads)
                .map_or(Ok(()), |why| Err(ReadError::NoAccess(why))),
            ReadAnswer::Read(_) | ReadAnswer::Refused(_) => {
                self.renewal.taken(CallId(self.calls.into()));
                Ok(())
            }
        }
    }

    fn paused(&self, at: Steady, gives_up_at: Steady) -> ReadDelay {
        let now = self.clock.now();
        ReadDelay::Paused { next_at: now.wall_at(at), gives_up_at: now.wall_at(gives_up_at) }
    }

    /// Waits for a slot and takes it, on disk, and with it up to `most` for reads that follow at
    /// once: each commit waits for the disk. A pause that another process was asked for counts as
    /// one that we were.
    pub(super) async fn admit(
        &mut self,
        most: usize,
        last_pause_ends: Steady,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<CallId, ReadError> {
        let options = self.options;
        loop {
            if let Some(id) = self.slots.pop_front() {
                self.calls += 1;
                return Ok(id);
            }
            let now = self.clock.now();
            let mut admission = Admission::Go;
            let before = Changes::receipts(self.unwritten.drain(..));
            let taken = self.ledger().take_reads(now.wall, &before, |ledger| {
                let mut gate = gate(ledger, options, now, None)?;
                let mut slots = 0;
                while slots < most && admission == Admission::Go {
                    admission = gate.admit(now.steady);
                    if admission == Admission::Go {
                        gate.sent(now.steady);
                        slots += 1;
                    }
                }
                Ok::<usize, ReadError>(slots)
            })?;
            self.slots = taken.into();
            if !self.slots.is_empty() {
                continue;
            }
            let Admission::NotBefore { at, why } = admission else {
                unreachable!("no call of others is in flight in a gate that was made just now")
            };
            if why == Why::Freeze && at > last_pause_ends {
                return Err(ReadError::Paused(now.wall_at(at)));
            }
            if at.since(now.steady) >= TOLD_FROM {
                told(&match why {
                    Why::Freeze => self.paused(at, last_pause_ends),
                    Why::Window(_) | Why::Pace => ReadDelay::Limit(now.wall_at(at)),
                });
            }
            sleep_until(self.clock.instant(at)).await;
        }
    }

    /// Notes what is left to note. After a process that ended without it, the last call counts as
    /// if its answer were still to come.
    ///
    /// # Errors
    /// [`ReadError::Journal`] where it cannot be written.
    pub fn finish(&mut self) -> Result<(), ReadError> {
        let receipts = self.receipts();
        Ok(self.ledger().note_reads(&Changes::receipts(receipts))?)
    }

    /// What is not on disk yet. A slot that nobody used counts as if its call was answered now.
    fn receipts(&mut self) -> Vec<(CallId, Stamp)> {
        let now = self.clock.now().stamp();
        let unused = self.slots.drain(..).map(|id| (id, now));
        self.unwritten.drain(..).chain(unused).collect()
    }

    /// Notes an answer. Until when a 429 says that nothing goes out.
    ///
    /// Of a plain answer the receipt is written with the next call, since each commit waits for
    /// the disk.
    pub(super) fn receive<T>(
        &mut self,
        id: CallId,
        reply: &Reply<ReadAnswer<T>>,
    ) -> Result<Option<Steady>, ReadError> {
        if matches!(reply.what, ReadAnswer::Read(_)) && reply.heard && !self.in_doubt {
            self.unwritten.push((id, self.clock.now().stamp()));
            return Ok(None);
        }
        let (now, options, group) = (self.clock.now(), self.options, LimitGroup::Reads);
        let mut receipts = self.receipts();
        let mut gate = gate(self.ledger(), options, now, Some(id))?;
        let late = if reply.heard { Duration::ZERO } else { gate.margin() };
        receipts.push((id, now.stamp().plus(late)));
        let mut changes = Changes::receipts(receipts);
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

/// Lets a request that was begun reach its socket: one turn for the task of its connection to take
/// it, one to write it. Where it takes more, such as a new connection, only the time that the
/// overlap would save is lost.
async fn on_its_way() {
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
}
