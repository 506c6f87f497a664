//! Why a page cannot be made, or nothing can be served.

use std::io;

use crate::domain::Advice;
use crate::journal::JournalError;
use crate::report::ReportError;

#[derive(Debug, thiserror::Error)]
pub enum DashboardError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A batch remembers options that this version does not know.
    #[error("the options of batch {0} cannot be read")]
    Options(i64),
    #[error("port {port} cannot be listened on")]
    Port {
        port: u16,
        #[source]
        source: io::Error,
    },
    #[error("the system has no randomness to make the address from")]
    Random(#[from] getrandom::Error),
    #[error("the dashboard cannot go on serving")]
    Serve(#[source] io::Error),
}

impl DashboardError {
    /// What to do about it.
    pub fn hint(&self) -> Advice {
        match self {
            Self::Journal(error) => error.hint(),
            Self::Report(error) => error.hint(),
            Self::Port { port, source } => match source.kind() {
                io::ErrorKind::AddrInUse => Advice::from(format!(
                    "another program listens on port {port}: give another one with --port, or \
                     leave it out to get a free one"
                )),
                io::ErrorKind::PermissionDenied => Advice::from(
                    "ports below 1024 are for administrators: give another one with --port, or \
                     leave it out to get a free one",
                ),
                _ => Advice::from("leave out --port to get a free one"),
            },
            Self::Options(_) => "use the version of the program that made the batch".into(),
            Self::Random(_) => "start it again once the system has some; a run needs none".into(),
            Self::Serve(_) => Advice::from(
                "end other programs or raise the limit of open files, then start it again; a run \
                 goes on without it",
            ),
        }
    }
}
