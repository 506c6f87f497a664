//! Why a file is not a plan that can be run.

use std::io;

/// Why a file is not a saved plan. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The operating system's reason is the source.
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
    #[error("this is not a plan of this program")]
    NotAPlan,
    #[error("the file is empty")]
    Empty,
    /// It holds a plan, and is not the file that this program wrote.
    #[error("the plan was changed after it was made: another program saved it {how}")]
    Resaved { how: &'static str },
    #[error("this plan is of another version (`{schema}`)")]
    OtherVersion { schema: String },
    #[error("the plan is damaged in line {line}: {why}")]
    Damaged { line: u64, why: String },
    /// What is said of a machine is not what the plan's hash covers.
    #[error("the plan was changed after it was made, first in line {line}: {entry}")]
    Changed {
        line: u64,
        /// `machine ID` or `name NAME`.
        entry: String,
    },
    /// Each line for itself is well, but not all of them together.
    #[error(
        "the plan was changed after it was made: its hash does not fit, so its beginning was \
         changed, or machines were added, removed or moved"
    )]
    Hash,
}

impl PlanFileError {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "name the file that `plan --output` wrote",
            Self::NotAPlan | Self::Empty => "write one with `plan --output plan.json`",
            Self::OtherVersion { .. } | Self::Damaged { .. } => {
                "make the plan again, and copy it as it is: editors and mail may change it"
            }
            Self::Resaved { .. } => {
                "use the file as `plan --output` wrote it: an editor, or `>` in PowerShell, writes \
                 other bytes; then make the plan again, or copy it as it is"
            }
            Self::Changed { .. } | Self::Hash => {
                "find out who changed it; then make the plan again and have it reviewed"
            }
        }
    }
}
