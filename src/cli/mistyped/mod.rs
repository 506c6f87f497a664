//! What is said of a command or an option that there is not: what other programs call so
//! (`habits`), what another command has (`misplaced`), what is nearly the same (`similar`).
//!
//! Deliberately absent: wrong values and missing ones, whose words are clap's.

mod answer;
mod habits;
mod misplaced;
mod similar;

pub(super) use answer::failure;
