//! What programs read: its schemas, and that all that is written fits them.

pub(crate) mod fits;
mod life;
mod published;
