//! Integration tests: one binary, a module a topic.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]
#![cfg_attr(windows, allow(dead_code, unused_imports, reason = "for tests that need Unix"))]

mod answers;
mod cli;
mod defender;
mod documented;
mod documents;
mod domain;
mod engine;
mod fuzzed;
mod intake;
mod journal;
mod limiter;
mod packages;
mod plan;
mod program;
mod protect;
mod report;
mod reporter;
mod retry;
mod saved_plans;
mod simulator;
mod storage;
mod support;
mod tidy;
