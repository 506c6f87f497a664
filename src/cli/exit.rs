//! What the program ends with, for scripts.

use crate::domain::{Counts, End, State};

/// The exit codes. Only [`Self::Unfinished`] is worth starting again without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Every machine is settled and none ended badly; or there was nothing to do.
    Done,
    /// An error that no other code names.
    Error,
    /// The command line is wrong.
    Usage,
    /// The input is missing or wrong: nothing was queued.
    Input,
    /// Nothing is left to send, and some failed, timed out, were cancelled or rejected; for
    /// `cancel`: it came too late for some.
    Unsuccessful,
    /// Something is left to send or to decide.
    Unfinished,
    /// The credentials or the permissions were refused.
    NoAccess,
    /// A guard stopped it.
    Guard,
    /// The journal cannot be used.
    Journal,
    /// Everything is sent and none ended badly, but some actions are still pending.
    Pending,
    /// Ctrl-C twice.
    LeftAtOnce,
}

impl Exit {
    /// Where several apply, the first of these.
    const FOREMOST: [Self; 6] = [
        Self::Journal,
        Self::NoAccess,
        Self::Guard,
        Self::Unfinished,
        Self::Unsuccessful,
        Self::Pending,
    ];

    /// The number that a shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Input => 3,
            Self::Unsuccessful => 4,
            Self::Unfinished => 5,
            Self::NoAccess => 6,
            Self::Guard => 7,
            Self::Journal => 8,
            Self::Pending => 9,
            Self::LeftAtOnce => 130,
        }
    }

    /// The one that counts among all that apply: 8, 6, 7, 5, 4, 9, else 0.
    pub fn foremost(all: &[Self]) -> Self {
        Self::FOREMOST.into_iter().find(|exit| all.contains(exit)).unwrap_or(Self::Done)
    }

    /// What a batch ends with: how its last run ended, and which states its machines are in.
    pub fn of_batch(end: Option<End>, counts: &Counts) -> Self {
        let left = counts.to_send_or_look_up() + counts.of(State::Held) > 0;
        let open = left || counts.of(State::Pending) > 0;
        let mut all = Vec::with_capacity(4);
        match end {
            Some(End::NoAccess) if open => all.push(Self::NoAccess),
            Some(End::Tripped) if open => all.push(Self::Guard),
            // What a person ends while it only follows leaves nothing to send: it is no reason to
            // start again. A network that comes back is one.
            Some(End::Unreachable | End::PastUntil) if open => all.push(Self::Unfinished),
            _ => {}
        }
        if left {
            all.push(Self::Unfinished);
        }
        if counts.unsuccessful() > 0 {
            all.push(Self::Unsuccessful);
        }
        if counts.of(State::Pending) > 0 {
            all.push(Self::Pending);
        }
        Self::foremost(&all)
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
