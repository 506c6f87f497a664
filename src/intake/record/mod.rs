//! One record of a list: its cells, and the row or the reject that it comes to.

pub(super) mod cells;
pub(super) mod record;
pub(super) mod trimmed;
