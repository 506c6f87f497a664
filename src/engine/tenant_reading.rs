//! Reads what the tenant says, into the journal's temporary tables: its inventory, and the Offboard
//! actions since some day. Lists only, 10,000 rows a page.
//!
//! Deliberately absent: what follows from it (`plan`).

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::interval;

use crate::domain::{MachineId, PageExtent, Timestamp};
use crate::journal::{InventoryCounts, Journal};
use crate::remote::Remote;

use super::paced_reads::{PacedReads, ReadDelay};
use super::read_error::ReadError;
use super::read_patience::ReadPatience;
use super::{Clock, RunOptions};

/// Pages of one list: ten million machines.
const PAGES_MAX: u32 = 1_000;

/// How often it is told how far the reading is.
const TICK: Duration = Duration::from_secs(1);

/// Machines that are asked for by their ID, since the inventory does not hold them: with the pages
/// of a tenant of 100,000 they fit into a minute's budget of reads. Where an inventory has holes
/// they are two times as many, and take a second minute.
const ASKED_MAX: usize = 50;

/// What the tenant said, whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantSnapshot {
    /// When the reading began.
    pub at: Timestamp,
    pub counts: InventoryCounts,
    /// Whether rows moved between the pages each time it was read: some may be missing.
    pub moved: bool,
    /// Requests that it took.
    pub calls: u32,
}

/// What reading a tenant needs.
pub struct TenantReader<'a, R> {
    reads: PacedReads<'a>,
    remote: &'a R,
    clock: &'a Clock,
    reading: u32,
    /// Machines that the inventory brought so far.
    machines_read: Rc<Cell<u64>>,
}

impl<'a, R: Remote> TenantReader<'a, R> {
    /// `patience` is how long one request is tried again.
    pub fn new(
        journal: &'a mut Journal,
        remote: &'a R,
        clock: &'a Clock,
        options: &'a RunOptions,
        patience: ReadPatience,
    ) -> Self {
        let reads = PacedReads::new(journal, clock, options, patience);
        Self { reads, remote, clock, reading: 0, machines_read: Rc::default() }
    }

    /// Calls are noted in another journal than that of what is read.
    #[must_use]
    pub fn counted_in(self, ledger: &'a mut Journal) -> Self {
        Self { reads: self.reads.counted_in(ledger), ..self }
    }

    /// Reads the inventory and the Offboard actions created at `since` or later, and asks for
    /// staged machines that the inventory does not hold. `told` hears of what holds a read up, and
    /// `ticked`, each second, how many machines came in how much time.
    ///
    /// # Errors
    /// [`ReadError`] where it could not be read to its end.
    pub async fn read(
        mut self,
        since: Timestamp,
        mut told: impl FnMut(&ReadDelay),
        mut ticked: impl FnMut(u64, Duration),
    ) -> Result<TenantSnapshot, ReadError> {
        let (clock, machines) = (self.clock, Rc::clone(&self.machines_read));
        let began = clock.now().steady;
        let mut ticks = interval(TICK);
        ticks.reset();
        let read = {
            let mut lists = pin!(self.lists(since, &mut told));
            loop {
                tokio::select! {
                    biased;
                    read = &mut lists => break read,
                    _ = ticks.tick() => ticked(machines.get(), clock.now().steady.since(began)),
                }
            }
        };
        self.reads.finish()?;
        read
    }

    async fn lists(
        &mut self,
        since: Timestamp,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<TenantSnapshot, ReadError> {
        let at = self.clock.now().wall;
        self.reads.journal.clear_tenant()?;
        let mut moved = self.machines(told).await?;
        if moved {
            moved = self.machines(told).await?;
        }
        let mut actions_moved = self.actions(since, told).await?;
        if actions_moved {
            actions_moved = self.actions(since, told).await?;
        }
        self.confirm_unknown(told).await?;
        let counts = self.reads.journal.finish_tenant()?;
        Ok(TenantSnapshot { at, counts, moved: moved || actions_moved, calls: self.reads.calls })
    }

    /// One reading of the inventory. Whether rows moved while it was read.
    ///
    /// A page is kept while the request for the next one is on its way: to keep it takes about as
    /// long as the server takes to answer.
    async fn machines(&mut self, told: &mut impl FnMut(&ReadDelay)) -> Result<bool, ReadError> {
        self.reading += 1;
        self.machines_read.set(0);
        let (remote, reading) = (self.remote, self.reading);
        let mut pages = Pages::default();
        let mut page = self.reads.ask(|| remote.machines(0), told).await?;
        loop {
            let extent = page.extent();
            self.machines_read.update(|machines| machines + page.items.len() as u64);
            let Some(skip) = pages.skip_after(extent, remote.page_rows()) else {
                let repeated = self.reads.journal.keep_machines(&page.items, reading)?;
                pages.goes_on(extent, repeated, remote.page_rows())?;
                return Ok(pages.moved);
            };
            let (items, mut repeated) = (page.items, 0);
            let keep = |journal: &mut Journal| {
                repeated = journal.keep_machines(&items, reading)?;
                // Before the next page is read: the two would be in memory together.
                drop(items);
                Ok(())
            };
            page = self.reads.ask_and(keep, || remote.machines(skip), told).await?;
            pages.goes_on(extent, repeated, remote.page_rows())?;
        }
    }

    async fn actions(
        &mut self,
        since: Timestamp,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<bool, ReadError> {
        self.reads.journal.clear_tenant_actions()?;
        let remote = self.remote;
        let mut pages = Pages::default();
        loop {
            let skip = pages.skip;
            let page = self.reads.ask(|| remote.actions(since, skip), told).await?;
            let repeated = self.reads.journal.keep_actions(&page.items)?;
            if !pages.goes_on(page.extent(), repeated, remote.page_rows())? {
                return Ok(pages.moved);
            }
        }
    }

    /// A list may leave a machine out, so the first 50 by ID of those that it does not hold are
    /// asked for. If there are no more, each is confirmed.
    ///
    /// If there are more, those 50 are a sample. Defender knows none of them: the list is whole as
    /// far as can be told, and the rest counts as unknown too. It knows one: the list has holes, so
    /// it is read again, and 50 of those that are still missing are asked for.
    async fn confirm_unknown(
        &mut self,
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<(), ReadError> {
        let unknown = self.reads.journal.unknown_machines(ASKED_MAX + 1)?;
        let is_sample = unknown.len() > ASKED_MAX;
        let asked = &unknown[..unknown.len().min(ASKED_MAX)];
        if !self.ask_for(asked, told).await? || !is_sample {
            return Ok(());
        }
        self.machines(told).await?;
        let mut missing = self.reads.journal.unknown_machines(2 * ASKED_MAX)?;
        missing.retain(|id| !asked.contains(id));
        missing.truncate(ASKED_MAX);
        self.ask_for(&missing, told).await?;
        Ok(())
    }

    /// Asks for machines by their ID and keeps what Defender says. Whether it knows one of them.
    async fn ask_for(
        &mut self,
        ids: &[MachineId],
        told: &mut impl FnMut(&ReadDelay),
    ) -> Result<bool, ReadError> {
        let remote = self.remote;
        let answers = self.reads.ask_each(ids, |id| remote.machine(id), told).await?;
        let known: Vec<_> = answers.into_iter().flatten().collect();
        self.reads.journal.keep_machines(&known, self.reading)?;
        Ok(!known.is_empty())
    }
}

/// How far a list was read.
#[derive(Debug, Default)]
pub(super) struct Pages {
    skip: usize,
    count: u32,
    moved: bool,
}

/// What a page says of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageTurn {
    More,
    Whole,
    /// It brought nothing new, or there are more pages than any tenant has.
    Endless,
}

impl Pages {
    /// Rows to leave out: those of the pages before.
    pub(super) const fn skip(&self) -> usize {
        self.skip
    }

    /// Rows to leave out of the page after this one; none where the list ends with it.
    fn skip_after(&self, page: PageExtent, full: usize) -> Option<usize> {
        (!is_last(page, full)).then(|| self.skip + page.rows.min(full))
    }

    /// Takes a page in, `repeated` of whose rows the same reading had brought before; `full` is how
    /// many rows a whole page has.
    pub(super) fn turn(&mut self, page: PageExtent, repeated: u64, full: usize) -> PageTurn {
        self.count += 1;
        self.moved |= repeated > 0;
        if is_last(page, full) {
            // A link to more where there is nothing: all that the server gives, and no proof that
            // it is the end.
            self.moved |= page.has_next;
            return PageTurn::Whole;
        }
        let nothing_new = page.items > 0 && repeated >= page.items as u64;
        if (self.count > 1 && nothing_new) || self.count >= PAGES_MAX {
            return PageTurn::Endless;
        }
        self.skip += page.rows.min(full);
        PageTurn::More
    }

    /// Whether there is another page after this one.
    fn goes_on(&mut self, page: PageExtent, repeated: u64, full: usize) -> Result<bool, ReadError> {
        match self.turn(page, repeated, full) {
            PageTurn::More => Ok(true),
            PageTurn::Whole => Ok(false),
            PageTurn::Endless => Err(ReadError::Endless { pages: self.count }),
        }
    }
}

/// Whether no page is asked for after this one: it is not full and links to none, or it is empty.
const fn is_last(page: PageExtent, full: usize) -> bool {
    page.rows == 0 || (!page.has_next && page.rows < full)
}
