//! From the files of a command to a staged list, and what a person is shown of it.

pub(crate) mod bad_rows;
pub(crate) mod comment_check;
pub(crate) mod exclusions;
pub(crate) mod guard_data;
pub(crate) mod input;
pub(crate) mod kept_input;
pub(crate) mod repeats;
pub(crate) mod source;
pub(crate) mod staging;
pub(crate) mod whole_tenant;
