//! Several journals at a glance: one row a journal, and what needs a person first.
//!
//! A row tells of one batch: of the one that somebody runs, else of the latest that is unfinished,
//! else of the latest. Its numbers and words are those of `status`. A journal that cannot be read
//! has a row that says why. `cli` opens the journals, and brings what it knows of them; the page is
//! made in `html`.
//!
//! Deliberately absent: opening journals, and anything that writes to one.

mod document;
mod need;
mod prose;
mod row;
mod totals;
mod words;

pub(super) use document::OverviewShape;
pub use need::{Need, NeedKind};
pub use row::{Overview, TenantBatch, TenantRow, TenantState, tenant_state};
pub use totals::OverviewTotals;
