//! Floor 4: the dashboard, pages about one journal or several for the browsers of one person.
//!
//! A server on the loopback whose address holds a token: who has the address may read, and nobody
//! may do more (`docs/decisions/0054-who-may-read-the-dashboard.md`). With one journal its pages
//! begin at the root; with several a table of all is there, and the pages of each are below it.
//! `http` says who is answered and over which connection; `live` looks once a second while a page
//! is open, and tells the pages what changed. What they say and look like is made in `report`.
//!
//! Called by `cli`, which brings the journals' places, the clock, the zone, how commands are
//! written, and who reads the table of several. Read only by type: all that is here ever gets of a
//! journal is a shared reference to one that was opened to read (`JournalSource`), and every act
//! that writes wants it for itself.
//!
//! Deliberately absent: a person's rights, TLS, any other address than the loopback, and anything
//! that changes a journal.

mod context;
mod error;
mod http;
mod live;
mod options;
mod page_path;
mod pages;
mod server;
mod site;
mod source;
mod subject;

pub use error::DashboardError;
pub use options::{DashboardOptions, JournalSet, ServedJournals};
pub use server::{Dashboard, Launch};
