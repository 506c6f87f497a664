//! `--where`: which rows are wanted, by any column, also by the entries of a cell that is a list.

pub(super) mod condition;
pub(super) mod entries;
pub(super) mod exclusion;
pub(super) mod row_filter;
