//! What programs read: its schemas, and that all that is written fits them.

mod fits;
mod life;
mod published;
