//! A clock that is handed down to what must not read one itself.

use std::fmt;
use std::sync::Arc;

use super::Now;

/// Says what time it is. Clones are the same clock.
#[derive(Clone)]
pub struct TimeSource(Arc<dyn Fn() -> Now + Send + Sync>);

impl TimeSource {
    pub fn new(read: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    pub fn now(&self) -> Now {
        (self.0)()
    }
}

impl fmt::Debug for TimeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeSource")
    }
}
