//! `plan`: what is decided about machines before and after.

mod boundaries;
mod classes;
mod verdicts;
