//! Several journals at once: which they are, who refuses them, and what is said where some cannot
//! be read.
//!
//! Only commands that look take several. Deliberately absent: opening them.

mod folder;
mod journals;
mod unreadable;

pub(crate) use journals::{Journals, add_new, refuse_several};
pub(crate) use unreadable::{NOT_ALL, unreadable};
