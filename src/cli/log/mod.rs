//! The log of `-v`, `-vv` and `--log-file`: a line each event of `tracing`.
//!
//! [`start_log`] begins it, once a process. Its words are this program's own only: what a library
//! logs of a request may hold a token. Deliberately absent: what is logged, which each module says
//! where it happens, and the threads that write (`terminal`).

mod layer;
mod line;
mod start;

pub(crate) use start::start_log;
