//! `serve`, over real sockets: who is answered, what pages say, and how they follow a run.

mod browsers;
mod doors;
mod ends;
mod follows;
mod hostile_names;
mod overviews;
mod pages;
mod tables;
mod visit;
