//! Pages. Texts from outside become text by type (maud), after what cannot be seen is escaped
//! ([`in_line`](crate::domain::text::in_line)).
//!
//! Deliberately absent: a server, and files.

pub(super) mod overview;
