//! Which column holds what, and the names by which columns are known.

pub(super) mod device;
pub(super) mod header;
pub(super) mod names;
