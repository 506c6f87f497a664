//! How large a workbook may be, with the reasons.

/// Most sheets of a workbook: nobody finds one among more.
pub(super) const SHEETS_MAX: usize = 10_000;

/// Most bytes of all parts together, unpacked. A full sheet of a million machines has some
/// hundreds of MiB; a bomb of a few KB has no end.
pub(super) const UNPACKED_BYTES_MAX: u64 = 1 << 30;

/// Most parts: each picture of a workbook is one. More than 65,534 are written as 65,535.
pub(super) const PARTS_MAX: u16 = 20_000;

/// The rows of an Excel sheet, and Excel is where people look at it.
pub(super) const ROWS_MAX: u64 = 1_048_576;

/// Largest `.xls`, which is read into memory as a whole. It has 65,536 rows at most.
pub(super) const XLS_BYTES_MAX: u64 = 64 << 20;

/// Most memory of all shared texts. A full sheet whose every machine has seven texts of its own, a
/// million rows of them, stays below.
pub(super) const TEXTS_BYTES_MAX: u64 = 512 << 20;

/// Most elements of the styles. Excel knows 65,490 formats of cells and 1,024 fonts.
pub(super) const STYLE_ELEMENTS_MAX: u64 = 1_000_000;
