//! Time since the computer was started, and which start that was.

use std::time::Duration;

use super::Timestamp;

/// One start of the computer, by the name that the system gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BootId([u8; 16]);

impl BootId {
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Time since a start of the computer, on a clock that nobody sets and that goes on while the
/// computer sleeps: what two processes of one start can compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootTime {
    pub boot: BootId,
    /// How long ago it was.
    pub since: Duration,
}

/// An instant as it is stored: by the wall clock and, where the system offers it, since boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub wall: Timestamp,
    /// Since boot; none: the system does not say.
    pub boot: Option<BootTime>,
}

impl Stamp {
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let later =
            |time: BootTime| BootTime { since: time.since.saturating_add(duration), ..time };
        Self { wall: self.wall.plus(duration), boot: self.boot.map(later) }
    }
}

/// An instant of which only the wall time is known.
impl From<Timestamp> for Stamp {
    fn from(wall: Timestamp) -> Self {
        Self { wall, boot: None }
    }
}

/// A pair of times read at once, the server's and ours: how far a clock of ours was set between
/// two of them shows in what they disagree about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerClock {
    /// The server's, from the `Date` header of an answer; in whole seconds.
    pub date: Timestamp,
    /// Ours, when that answer was here.
    pub wall: Timestamp,
}

impl ServerClock {
    /// What two clocks may disagree about: whole seconds, and the way of an answer.
    const TOLERANCE: Duration = Duration::from_secs(5);
    /// Taken off beside what was seen: a date is cut to a second.
    const CUT: Duration = Duration::from_secs(1);

    /// By how much our wall clock went ahead of the server's since `earlier`: our clock was set
    /// forwards, and calls of before look older than they are. Zero where the two agree, and where
    /// ours went behind, which only makes us wait longer.
    pub fn gained_since(&self, earlier: &Self) -> Duration {
        let ours = self.wall.as_micros().saturating_sub(earlier.wall.as_micros());
        let theirs = self.date.as_micros().saturating_sub(earlier.date.as_micros());
        let gained = u64::try_from(ours.saturating_sub(theirs)).unwrap_or(0);
        match Duration::from_micros(gained) {
            gained if gained > Self::TOLERANCE => gained + Self::CUT,
            _ => Duration::ZERO,
        }
    }
}
