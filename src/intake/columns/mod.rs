//! Which column holds what, and the names that columns are known under.

pub(super) mod device;
pub(super) mod header;
pub(super) mod names;
