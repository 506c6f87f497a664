//! One table about several journals: each is opened to read and let go again, so that a run feels
//! nothing of it.
//!
//! Deliberately absent: which journals (`several`), and what a row says (`report`).

mod overview_reader;
mod row_options;
mod served;

pub(crate) use overview_reader::{OverviewReader, state_of};
pub(crate) use served::ServedSet;
