//! A bound on what a command waits for beside a run.

use std::time::Duration;

/// What a future comes to; none where that takes longer. Runs inside a tokio runtime with timers.
pub async fn within<T>(most: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(most, work).await.ok()
}
