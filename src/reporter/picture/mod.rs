//! What a terminal shows of a run: the frame as pure text, and the pane that draws it.
//!
//! Called by the observers beside this folder, and by `cli` for the size of a terminal and what it
//! understands. Deliberately absent: asking the system for either, any clock, threads.

mod fitting;
mod fold;
mod frame;
mod gauge;
mod look;
mod moment;
mod notices;
mod pane;
mod terminal;
mod tint;
mod waits;

pub(super) use fold::folded_to;
pub use fold::{folded, prose_lines, wrapped};
pub(super) use frame::elapsed_words;
pub use frame::frame;
pub(super) use gauge::gauge;
pub use look::{Charset, Colouring, Look};
pub use moment::Moment;
pub(super) use notices::Notices;
pub use pane::{Pane, Picture};
pub use terminal::{Terminal, TerminalSize};
pub use tint::{Tone, tinted};
