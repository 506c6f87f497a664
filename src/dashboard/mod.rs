//! Floor 4: the dashboard, pages about a journal for the browsers of one person.
//!
//! A server on the loopback whose address holds a token: who has the address may read, and nobody
//! may do more (`docs/decisions/0054-who-may-read-the-dashboard.md`). `http` says who
//! is answered and over which connection; `live` looks at the journal once a second while a page is
//! open, and tells the pages what changed. What pages say and look like is made in `report`.
//!
//! Called by `cli`, which brings the journal's place, the clock, the zone and how commands are
//! written. Read only by type: all that is here ever gets of a journal is a shared reference to one
//! that was opened to read (`JournalSource`), and every act that writes wants it for itself.
//!
//! Deliberately absent: a person's rights, TLS, any other address than the loopback, and anything
//! that changes a journal.

mod context;
mod error;
mod http;
mod live;
mod page_path;
mod pages;
mod server;
mod source;
mod subject;

pub use context::DashboardOptions;
pub use error::DashboardError;
pub use server::{Dashboard, Launch};
