//! What leads a person on from a list without machine IDs where they should be.
//!
//! `evidence` collects what the first rows show, column by column; `hint` makes words of it;
//! `hunting` writes queries that can be pasted; `owner` knows whose a GUID is; `cell` looks into
//! one cell.
//!
//! Deliberately absent: any effect on what is read. A hint is shown, never followed.

mod cell;
mod evidence;
mod hint;
mod hunting;
mod owner;

pub(super) use cell::{is_dashes, link_id, whole_ids};
pub(super) use evidence::Evidence;
pub(super) use hint::{Lead, lead};
pub(super) use owner::Owner;
