//! `SQLite` itself: connections, values in columns, the schema, and waiting for another program.
//!
//! Called by the rest of `journal`. Deliberately absent: who may use a file, and what it holds.

pub(super) mod column;
pub(super) mod connection;
pub(super) mod lock_wait;
pub(super) mod schema;
pub(super) mod stored;
