//! What the compiler does not check: floors, homes of crates, sizes, and words that stay out.
//!
//! Each rule reads the source as text and lists all its offenders, with file, line and what to do.
//! Each has a planted offender of its own: a rule that cannot fail is not a rule.
//!
//! Deliberately absent: what rustc, clippy and rustfmt check already.

mod circles;
mod clients;
mod floors;
mod hints;
mod homes;
mod ignored;
mod names;
mod pages;
mod paths;
mod shape;
mod source;
mod words;
