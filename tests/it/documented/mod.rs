//! What the pages say can be typed: each command, each session and each query is run.

mod blocks;
mod calls;
mod commands;
mod queries;
mod stage;
mod transcripts;
