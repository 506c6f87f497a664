//! The way to one host: connection, proxy, TLS, and the words for what fails there.
//!
//! [`Connection`] is all that the rest of `defender` sees. Whom TLS trusts is decided in one place
//! (`trust`), and nothing here can switch that off. Deliberately absent: what an answer means
//! (`classify`), tokens, retries.

mod ca_file;
mod certificate_refusal;
mod connection;
mod failure;
mod proxies;
mod system_proxy;
mod traffic;
mod trust;
mod tunnel_answer;

pub use ca_file::CaFileError;
pub(super) use connection::{Connection, NetworkRoute, RouteError};
pub use proxies::is_proxy_address;
pub(super) use traffic::Bodies;
