//! Where a secret is read from, each time that it is needed.
//!
//! `cli` makes it: from a text of the environment, or with a function that reads a file or runs a
//! command. A secret that is being replaced is found at the next renewal of the token that way.
//! Deliberately absent: files and processes.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::timeout;

/// The reading of a secret; where it fails, why, in words that say what to do.
pub type SecretReading = Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send>>;

/// Why there is no secret, in words that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SecretError {
    Unreadable(String),
    /// It took longer than it may.
    Late(String),
}

impl SecretError {
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Unreadable(words) | Self::Late(words) => words,
        }
    }
}

/// How long a reading may take, and what is said about it.
#[derive(Clone)]
pub struct ReadingTime {
    /// Then it is dropped, which ends all that it started.
    pub limit: Duration,
    /// Why it failed where that was not enough.
    pub late: String,
    /// Called once for a reading that takes more than two seconds, with what is left of the limit.
    pub slow: Arc<dyn Fn(Duration) + Send + Sync>,
}

impl ReadingTime {
    async fn hold(self, mut reading: SecretReading) -> Result<SecretString, SecretError> {
        /// How long a person waits before wondering.
        const SILENCE: Duration = Duration::from_secs(2);
        let first = self.limit.min(SILENCE);
        let mut read = timeout(first, &mut reading).await;
        let left = self.limit.saturating_sub(first);
        if read.is_err() && !left.is_zero() {
            (self.slow)(left);
            read = timeout(left, reading).await;
        }
        match read {
            Ok(read) => read.map_err(SecretError::Unreadable),
            Err(_) => Err(SecretError::Late(self.late)),
        }
    }
}

#[derive(Clone)]
pub struct SecretSource(Place);

#[derive(Clone)]
enum Place {
    Fixed(SecretString),
    Elsewhere { read: Arc<dyn Fn() -> SecretReading + Send + Sync>, time: Option<ReadingTime> },
}

impl SecretSource {
    /// One that is read again at each renewal.
    pub fn read_by(read: impl Fn() -> SecretReading + Send + Sync + 'static) -> Self {
        Self(Place::Elsewhere { read: Arc::new(read), time: None })
    }

    /// The same, within a time.
    pub fn read_within(
        time: ReadingTime,
        read: impl Fn() -> SecretReading + Send + Sync + 'static,
    ) -> Self {
        Self(Place::Elsewhere { read: Arc::new(read), time: Some(time) })
    }

    /// The secret, where it never changes.
    pub(super) const fn fixed(&self) -> Option<&SecretString> {
        match &self.0 {
            Place::Fixed(secret) => Some(secret),
            Place::Elsewhere { .. } => None,
        }
    }

    /// The secret as it is now.
    pub(super) async fn read(&self) -> Result<SecretString, SecretError> {
        match &self.0 {
            Place::Fixed(secret) => Ok(secret.clone()),
            Place::Elsewhere { read, time: None } => read().await.map_err(SecretError::Unreadable),
            Place::Elsewhere { read, time: Some(time) } => time.clone().hold(read()).await,
        }
    }
}

impl From<SecretString> for SecretSource {
    fn from(secret: SecretString) -> Self {
        Self(Place::Fixed(secret))
    }
}

impl From<&str> for SecretSource {
    fn from(secret: &str) -> Self {
        SecretString::from(secret).into()
    }
}

impl From<String> for SecretSource {
    fn from(secret: String) -> Self {
        SecretString::from(secret).into()
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSource")
    }
}
