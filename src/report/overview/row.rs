//! One journal's row, and all of them in order.

use crate::domain::text::in_line;
use crate::domain::{BatchId, Now, Tenant, Timestamp};
use crate::journal::{Batch, Journal, PlaceAmongCopies};
use crate::limiter::Budget;
use crate::report::{Commands, ReportError, Status, status};

use super::need::{Need, NeedKind, need_of_other, needs_of};

/// All rows, what needs a person first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// When they were read.
    pub at: Timestamp,
    pub rows: Vec<TenantRow>,
}

/// One journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// Its place among the journals that were named, from 0: it stays while rows change theirs.
    pub number: usize,
    /// Its path, fit to be shown.
    pub journal: String,
    /// The same without its folder.
    pub file: String,
    /// Its tenant's name in the settings, where there is one.
    pub profile: Option<String>,
    /// Commands about this journal.
    pub commands: Commands,
    pub state: TenantState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantState {
    Batch(Box<TenantBatch>),
    /// There is no batch in it.
    Empty,
    /// A copy, or handed over to one: another journal goes on, and its numbers count there.
    Aside {
        place: PlaceAmongCopies,
        tenant: Option<Tenant>,
    },
    /// It cannot be read: why, and what to do about it.
    Unreadable {
        why: String,
        to_do: Option<String>,
    },
}

/// The batch of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantBatch {
    pub status: Status,
    /// The worst first.
    pub needs: Vec<Need>,
}

/// Reads what a row says of a journal. `budget` is what a batch remembers of its limits.
///
/// # Errors
/// Where the journal cannot be read, and those of `budget`.
pub fn tenant_state<E: From<ReportError>>(
    journal: &Journal,
    now: Now,
    budget: impl FnOnce(&Batch) -> Result<Budget, E>,
) -> Result<TenantState, E> {
    let batches = journal.batches().map_err(ReportError::from)?;
    let place = journal.place_among_copies().map_err(ReportError::from)?;
    if let Some(place) = place {
        let tenant = batches.last().map(|batch| batch.tenant.clone());
        return Ok(TenantState::Aside { place, tenant });
    }
    let running = journal.running_batch().map_err(ReportError::from)?;
    let Some(batch) = chosen(&batches, running.map(|batch| batch.id)) else {
        return Ok(TenantState::Empty);
    };
    let status = status(journal, batch.id, &budget(batch)?, now)?;
    let mut needs = needs_of(journal, &status)?;
    let others = batches.iter().filter(|other| other.id != batch.id);
    needs.extend(others.filter_map(need_of_other));
    needs.sort_by_key(|need| need.kind);
    Ok(TenantState::Batch(Box::new(TenantBatch { status, needs })))
}

/// The batch that a row is about.
fn chosen(batches: &[Batch], running: Option<BatchId>) -> Option<&Batch> {
    let latest = |fits: &dyn Fn(&Batch) -> bool| batches.iter().rev().find(|batch| fits(batch));
    latest(&|batch| Some(batch.id) == running)
        .or_else(|| latest(&|batch| batch.counts.to_send_or_look_up() > 0))
        .or_else(|| latest(&|batch| need_of_other(batch).is_some()))
        .or_else(|| batches.last())
}

impl Overview {
    /// Puts the rows in order: what needs a person, what runs, what is unfinished, and the rest;
    /// within these by name.
    pub fn new(at: Timestamp, mut rows: Vec<TenantRow>) -> Self {
        rows.sort_by_cached_key(|row| (row.rank(), row.worst(), row.name().to_lowercase()));
        Self { at, rows }
    }

    /// What a row is called: its tenant, with its journal where another row's tenant is the same.
    pub fn label(&self, row: &TenantRow) -> String {
        let name = row.name();
        let same = self.rows.iter().filter(|other| other.name() == name).count();
        if same > 1 { format!("{name} ({})", row.file) } else { name }
    }
}

impl TenantRow {
    /// Its batch, where there is one that goes on here.
    pub fn batch(&self) -> Option<&TenantBatch> {
        match &self.state {
            TenantState::Batch(batch) => Some(batch),
            _ => None,
        }
    }

    pub fn tenant(&self) -> Option<&Tenant> {
        match &self.state {
            TenantState::Batch(batch) => Some(&batch.status.batch.tenant),
            TenantState::Aside { tenant, .. } => tenant.as_ref(),
            TenantState::Empty | TenantState::Unreadable { .. } => None,
        }
    }

    /// The profile's name, else the tenant's ID, else the name of the file.
    fn name(&self) -> String {
        let tenant = self.tenant().map(|tenant| in_line(&tenant.id).into_owned());
        self.profile.clone().or(tenant).unwrap_or_else(|| self.file.clone())
    }

    /// The kind of the worst thing that needs a person; none: nothing does.
    pub fn worst(&self) -> Option<NeedKind> {
        match &self.state {
            TenantState::Batch(batch) => batch.needs.first().map(|need| need.kind),
            TenantState::Unreadable { .. } => Some(NeedKind::Unreadable),
            TenantState::Empty | TenantState::Aside { .. } => None,
        }
    }

    fn rank(&self) -> u8 {
        match &self.state {
            _ if self.worst().is_some() => 0,
            TenantState::Batch(batch) if batch.status.running => 1,
            TenantState::Batch(batch) if batch.status.batch.counts.to_send_or_look_up() > 0 => 2,
            TenantState::Batch(_) => 3,
            TenantState::Empty | TenantState::Aside { .. } | TenantState::Unreadable { .. } => 4,
        }
    }
}
