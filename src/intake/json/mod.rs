//! JSON, as tools write it: an array, an answer of an API that holds one (`{"value": [...]}`), or
//! one entry a line; of objects, whose keys are the columns, or of machine IDs.
//!
//! A key that some entries leave out is a column all the same, so a text is read twice: `survey`
//! collects the keys of all entries, `read` then reads them as rows. Both go through the text by
//! `walk`, which knows what may hold entries; `entry` is one of them. Nothing but one entry is in
//! memory, and the keys.
//!
//! Deliberately absent: what a column means (`header` and `judge` know that), and rewinding the
//! input (the caller does).

mod entry;
mod read;
mod survey;
mod walk;

pub(super) use read::read_json;
pub(super) use survey::Survey;
