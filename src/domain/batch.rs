//! Names of a batch and of a machine's place in it, and what happens to a batch.

use std::fmt;
use std::time::Duration;

use super::words::words;
use super::{Timestamp, hex};

/// Number of a batch in its journal, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub i64);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a batch: a batch is named by its number or by `latest`")]
pub struct BatchIdError(String);

impl BatchId {
    /// Reads a batch number (`1` and above).
    ///
    /// # Errors
    /// [`BatchIdError`] for anything but a whole number above zero.
    pub fn parse(text: &str) -> Result<Self, BatchIdError> {
        match text.parse::<i64>() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(BatchIdError(text.to_owned())),
        }
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A machine's place in its batch, counted from 1 in the order of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineNumber(pub u32);

/// SHA-256 of what a batch is made of (its machines and comments), from any kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// A condition on the rows of a list (`--where`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhereFilter {
    /// As it was given, fit to be shown.
    pub condition: String,
    /// Of a condition of `!=`: how many rows it left out. None where that was not counted.
    pub left_out: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchFact {
    Created {
        machines: u64,
        content: ContentHash,
        /// Which rows of its files were wanted (`--where`); all, where there is none.
        filters: Vec<WhereFilter>,
        /// SHA-256 of all that the batch was made with: its tenant, comment, sources, filters and
        /// every column of its machines. None in journals from before there was one.
        made_of: Option<[u8; 32]>,
        /// The options that the batch remembers. None in journals from before they were noted.
        options: Option<String>,
        /// The plan that was approved, where there was one.
        plan_hash: Option<[u8; 32]>,
    },
    /// The batch remembers other options from now on: all of them, as they are stored.
    OptionsRemembered { options: String },
    /// A process works on the batch from now on.
    RunBy {
        /// `run`, `resume`, `retry`, `track`, `cancel` or `resolve`.
        command: String,
        /// Who started it, by the operating system.
        user: String,
        /// On which computer.
        host: String,
        /// Which version of this program.
        version: String,
        /// The app that is signed in; none where nobody is.
        app: Option<String>,
        /// The options that hold this time; none where nothing is sent or followed.
        options: Option<String>,
    },
    /// The journal continues in a copy, and sends nothing here from now on.
    HandedOver {
        /// Where the copy was made.
        to: String,
        user: String,
        host: String,
    },
    Started {
        /// `run`, `resume`, `retry`, `track` or `cancel`.
        command: String,
    },
    OptionChanged {
        /// Its name, without dashes.
        name: String,
        value: String,
    },
    /// A sweep found an action for a machine that the journal never sent: it was restored from an
    /// older copy.
    RolledBack { actions: u64 },
    /// An action was missing in whole lists for longer than ever before: doubts wait longer since.
    ListedLate {
        /// How long after its creation it was not listed.
        longest: Duration,
    },
    /// Defender's lists left out, or changed, what they must show: from then on "not found" proves
    /// nothing, and what stays in doubt is held.
    ListsDistrusted { why: String },
    /// When the last POST was expected to go out, as the sending of the list began.
    Forecast {
        /// By the windows alone.
        last_send_at: Timestamp,
    },
    /// How many machines were chosen to go first (`--canary`); an earlier choice is replaced.
    CanaryChosen {
        machines: u64,
        /// Hash over their numbers and IDs; none in journals of earlier versions.
        chosen: Option<[u8; 32]>,
    },
    /// All of them succeeded: the others are sent.
    CanaryPassed,
    /// A guard stopped the run, in the same breath as what made it do so: a process that dies then
    /// does not forget it.
    Tripped {
        guard: StoppedBy,
        /// In words.
        why: String,
    },
    /// A person went on after a guard had tripped: a canary is over, and failures count from here.
    GuardLifted {
        guard: StoppedBy,
        /// Machines that had been answered for by then.
        answered: u64,
        /// Those of them that had failed.
        failed: u64,
    },
    /// Machines that had failed are queued again, after a guard had been lifted: from here on
    /// failures count.
    Recounted { answered: u64, failed: u64 },
    Ended {
        end: End,
        /// Why, in words, where it ended early.
        why: Option<String>,
    },
}

impl BatchFact {
    /// How the batch stands after this fact, where it says so: it ended in some way, or it goes on.
    pub const fn sets_end(&self) -> Option<Option<End>> {
        match self {
            Self::Started { .. } | Self::GuardLifted { .. } => Some(None),
            // Not only once the run has ended: what is in flight then may take half a minute.
            Self::Tripped { .. } => Some(Some(End::Tripped)),
            Self::Ended { end, .. } => Some(Some(*end)),
            _ => None,
        }
    }
}

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum End {
        /// Every machine is settled, or only held ones are left.
        Settled = "settled",
        /// Everything is sent; some actions have not ended, and the time to follow them is over.
        Pending = "pending",
        /// Ctrl-C or SIGTERM.
        Interrupted = "interrupted",
        /// `stop` asked for it: it stays stopped until `resume`.
        Stopped = "stopped",
        Unreachable = "unreachable",
        NoAccess = "no_access",
        /// A guard stopped it: the canary, too many failures, repeated refusals, a redirect, an
        /// answer for another machine.
        Tripped = "tripped",
        /// `--until` has passed, and something is left to send.
        PastUntil = "past_until",
    }
}

words! {
    /// Which guard stopped a run.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum StoppedBy {
        /// Not all of the first machines succeeded in time.
        Canary = "canary",
        /// More machines were rejected or failed than may.
        MaxFailures = "max_failures",
        /// What the server answers is about the run, not about one machine.
        Answers = "answers",
        /// Many machines are not what the plan took them for.
        Changes = "changes",
    }
}
