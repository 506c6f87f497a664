//! The pause between two looks, which a signal ends.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::cli::connect::runtime;
use crate::cli::{Exit, Failure, signals};

/// How long a watch has to leave by itself: a terminal that is paused keeps it from that.
const LEAVES_WITHIN: Duration = Duration::from_secs(1);

/// Ctrl-C and SIGTERM: the person has seen enough.
pub(super) struct Interrupt(mpsc::Receiver<()>);

impl Interrupt {
    /// Listens from now on, to the end of the process.
    pub(super) fn listen() -> Result<Self, Failure> {
        let failed = |error| signals::unheard(&error);
        let runtime = runtime()?;
        let signal = {
            let _inside = runtime.enter();
            signals::end().map_err(failed)?
        };
        let (sender, came) = mpsc::sync_channel(1);
        let (nobody, never) = mpsc::channel::<()>();
        let listen = move || {
            runtime.block_on(signal);
            // The other end waits for it, or is gone with the process.
            let _sent = sender.try_send(());
            // Nobody sends here: it is the end of the process that ends the wait early.
            let _late = never.recv_timeout(LEAVES_WITHIN);
            drop(nobody);
            std::process::exit(Exit::Done.code().into());
        };
        thread::Builder::new().name("signals".to_owned()).spawn(listen).map_err(failed)?;
        Ok(Self(came))
    }

    /// Waits this long, or until a signal comes; whether one came.
    pub(super) fn comes_within(&self, time: Duration) -> bool {
        self.0.recv_timeout(time) != Err(RecvTimeoutError::Timeout)
    }
}
