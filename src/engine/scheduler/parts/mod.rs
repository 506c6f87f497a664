//! What a scheduler is made of: parts that keep themselves true, and know nothing of its acts.
//!
//! Deliberately absent: what follows from an answer, or from the time.

mod breaker;
mod busy;
mod canary;
mod cancelling;
mod claim;
mod delays;
mod draft;
mod flight;
mod follow;
mod gates;
mod lag;
mod outage;
mod paging;
mod queue;
mod recheck;
mod request;
mod resend_rate;
mod safeguards;
mod search;
mod status_changes;
mod streaks;
mod sweep;
mod unread;

pub use request::{Answered, Arrival, Ask, Request};

pub(super) use breaker::Breaker;
pub(super) use busy::{BUSY, BusyWait, is_busy, keeper};
pub(super) use canary::Canary;
pub(super) use cancelling::Cancelling;
pub(super) use claim::{Claim, FoundAction, surer};
pub(super) use delays::Delay;
pub(in crate::engine) use delays::Delays;
pub(in crate::engine) use draft::Draft;
pub(super) use flight::{Flight, Origin, Purpose};
pub(super) use follow::{Follow, FollowTime};
pub(super) use gates::{CallEnd, Gates};
pub(super) use lag::{Lag, SentWhen};
pub(super) use outage::{Outage, OutageCause};
pub(super) use paging::{PageOutcome, PageRules, Rereads};
pub(super) use queue::Queue;
pub(in crate::engine) use queue::{FeedLine, FeedRequest};
pub(super) use recheck::Recheck;
pub(in crate::engine) use request::{Known, Listed};
pub(super) use resend_rate::ResendRate;
pub(super) use safeguards::Safeguards;
pub(super) use search::Search;
pub(super) use status_changes::StatusChanges;
pub(in crate::engine) use streaks::AnswerKind;
pub(super) use streaks::{About, Streaks};
pub(super) use sweep::Sweep;
pub(super) use unread::{ReadKind, Unread, UnreadKinds};
