//! `serve`, over real sockets: who is answered, what pages say, and how they follow a run.

mod browsers;
mod crowds;
mod doors;
mod ends;
mod follows;
mod hindered;
mod hostile_names;
mod looks;
mod overviews;
mod pages;
mod tables;
mod visit;
