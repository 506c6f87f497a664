//! `plan`: what is decided about machines before and after.

mod classes;
mod verdicts;
