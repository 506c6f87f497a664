//! Why the tenant could not be read.

use crate::domain::{Detail, Timestamp};
use crate::journal::JournalError;

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The app may not.
    #[error("{0}")]
    Forbidden(Detail),
    /// No request would have access: the token was refused twice, or ended; the proxy wants
    /// credentials; the sign-in was refused for 15 minutes.
    #[error("{0}")]
    NoAccess(String),
    /// The way there is barred: a certificate that is not trusted, a rule of the proxy.
    #[error("{0}")]
    Barred(Detail),
    /// Waiting does not change it: a redirect, a refusal, again and again.
    #[error("{0}")]
    Lasting(Detail),
    /// It may pass, but did not in the time that there was.
    #[error("{0}")]
    Unreachable(Detail),
    /// Defender asked for a pause that ends later than anyone waits here.
    #[error("Defender asked for a pause until {0}")]
    Paused(Timestamp),
    #[error("the list has no end: page {pages} brought nothing new")]
    Endless { pages: u32 },
    /// A run beside it counts reads and requests together.
    #[error("a run counts reads and requests together (--shared-reads), and would not see these")]
    SharedBeside,
    #[error("the limit of reads is too small to be shared with the run that goes on")]
    NoShareBeside,
}
