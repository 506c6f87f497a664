//! One record of a list: its cells, and the row or the reject that it comes to.

pub(super) mod cells;
pub(super) mod row;
pub(super) mod trimmed;
