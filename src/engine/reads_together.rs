//! Reads outside of a batch's run that do not depend on each other, several at a time.
//!
//! Deliberately absent: how one read is admitted, noted and tried again (`paced_reads`).

use std::future::Future;

use futures::future::join_all;

use crate::domain::{CallId, ReadAnswer, Reply, Trouble};

use super::paced_reads::{PacedReads, ReadDelay, SLOTS_AT_ONCE};
use super::read_error::ReadError;
use super::read_patience::Tries;

impl PacedReads<'_> {
    /// Makes one read per item, up to [`SLOTS_AT_ONCE`] at a time, until each is answered. What
    /// came, in the order of the items.
    ///
    /// # Errors
    /// As [`PacedReads::ask`].
    pub(super) async fn ask_each<I: Copy, T, F>(
        &mut self,
        items: &[I],
        read: impl Fn(I) -> F,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<Vec<T>, ReadError>
    where
        F: Future<Output = Reply<ReadAnswer<T>>>,
    {
        let mut all = Vec::with_capacity(items.len());
        while all.len() < items.len() {
            let rest = &items[all.len()..];
            let calls = self.admit_some(rest.len().min(SLOTS_AT_ONCE), told).await?;
            let replies = join_all(rest.iter().take(calls.len()).map(|&item| read(item))).await;
            let answers = self.receive_all(&calls, replies)?;
            for (&item, answer) in rest.iter().zip(answers) {
                all.push(match answer {
                    Some(answer) => answer,
                    // By itself, as a single read that failed is tried again.
                    None => self.ask(|| read(item), told).await?,
                });
            }
        }
        Ok(all)
    }

    /// Waits for a slot, and takes what the same commit brought, `most` in all.
    async fn admit_some(
        &mut self,
        most: usize,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<Vec<CallId>, ReadError> {
        let tries = Tries::beginning(self.clock.now().steady, self.patience);
        let mut calls = Vec::with_capacity(SLOTS_AT_ONCE);
        while calls.len() < most && (calls.is_empty() || !self.slots.is_empty()) {
            calls.push(self.admit(most, tries.last_pause_ends, told).await?);
        }
        Ok(calls)
    }

    /// Notes the answers of reads that were on their way together. What they brought, none where a
    /// read has to be tried again.
    ///
    /// Of several 429s one is noted, that with the longest pause: they were on their way together,
    /// so the others say nothing new, and each would double a pause without a time.
    fn receive_all<T>(
        &mut self,
        calls: &[CallId],
        replies: Vec<Reply<ReadAnswer<T>>>,
    ) -> Result<Vec<Option<T>>, ReadError> {
        let pauses = replies.iter().enumerate().filter_map(|(at, reply)| match &reply.what {
            ReadAnswer::Trouble(Trouble::TooMany { retry_after, .. }) => Some((*retry_after, at)),
            _ => None,
        });
        let longest = pauses.max().map(|(_, at)| at);
        let is_pause =
            |at: &usize| matches!(replies[*at].what, ReadAnswer::Trouble(Trouble::TooMany { .. }));
        // That one comes last: an answer after it would end what it began.
        let others = (0..replies.len()).filter(|at| Some(*at) != longest);
        for at in others.chain(longest) {
            if is_pause(&at) && Some(at) != longest {
                self.unwritten.push((calls[at], self.clock.now().stamp()));
            } else {
                self.receive(calls[at], &replies[at])?;
            }
        }
        for reply in &replies {
            self.check_access(&reply.what)?;
        }
        Ok(replies
            .into_iter()
            .map(|reply| match reply.what {
                ReadAnswer::Read(read) => Some(read),
                ReadAnswer::Refused(_) | ReadAnswer::Trouble(_) => None,
            })
            .collect())
    }
}
