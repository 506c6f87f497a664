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

/// The reading of a secret; where it fails, why, in words that say what to do.
pub type SecretReading = Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send>>;

#[derive(Clone)]
pub struct SecretSource(Place);

#[derive(Clone)]
enum Place {
    Fixed(SecretString),
    Elsewhere(Arc<dyn Fn() -> SecretReading + Send + Sync>),
}

impl SecretSource {
    /// One that is read again at each renewal.
    pub fn read_by(read: impl Fn() -> SecretReading + Send + Sync + 'static) -> Self {
        Self(Place::Elsewhere(Arc::new(read)))
    }

    /// The same, which is given up after `limit` with the words `late`.
    pub fn read_within(
        limit: Duration,
        late: String,
        read: impl Fn() -> SecretReading + Send + Sync + 'static,
    ) -> Self {
        Self::read_by(move || {
            let (reading, late) = (read(), late.clone());
            Box::pin(async move { tokio::time::timeout(limit, reading).await.unwrap_or(Err(late)) })
        })
    }

    /// The secret, where it never changes.
    pub(super) const fn fixed(&self) -> Option<&SecretString> {
        match &self.0 {
            Place::Fixed(secret) => Some(secret),
            Place::Elsewhere(_) => None,
        }
    }

    /// The secret as it is now.
    pub(super) async fn read(&self) -> Result<SecretString, String> {
        match &self.0 {
            Place::Fixed(secret) => Ok(secret.clone()),
            Place::Elsewhere(read) => read().await,
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
