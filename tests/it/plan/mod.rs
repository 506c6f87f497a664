//! `plan`: what is decided about machines before and after.

mod boundaries;
mod canaries;
mod classes;
mod making;
mod systems;
mod verdicts;
