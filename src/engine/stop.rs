//! The wish to stop, from a signal handler to the driver.

use std::sync::Arc;

use tokio::sync::watch;

/// Asks a run to send nothing more, to wait for what is in flight and to end.
#[derive(Debug, Clone)]
pub struct StopSignal {
    sender: Arc<watch::Sender<bool>>,
}

impl StopSignal {
    pub fn new() -> Self {
        Self { sender: Arc::new(watch::channel(false).0) }
    }

    /// Asks for it; asking twice is asking once.
    pub fn request(&self) {
        self.sender.send_replace(true);
    }

    pub(super) fn is_requested(&self) -> bool {
        *self.sender.borrow()
    }

    /// Returns once it was asked for.
    pub(super) async fn requested(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives in `self`, so waiting cannot fail; if it did, nobody asked.
        if receiver.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Default for StopSignal {
    fn default() -> Self {
        Self::new()
    }
}
