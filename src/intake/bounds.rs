//! How large the parts of a list may be, with the reasons.

/// Longest cell in bytes, quotes included: far above any name or comment, and small enough that a
/// file which is one line of a gigabyte is refused at once.
pub const CELL_BYTES_MAX: usize = 64 * 1024;

/// Most columns of a file; the portal's export has 32.
pub const COLUMNS_MAX: usize = 256;

/// Longest entry in bytes, with the white space around it: far above a device of the API, and small
/// enough that a file which is one text of a gigabyte is refused at once.
pub(in crate::intake) const ENTRY_BYTES_MAX: u64 = 4 * 1024 * 1024;
