//! Floor 0: the words of this program, as types.
//!
//! Every other module speaks in these: which machine ([`MachineId`]), in which list ([`BatchId`]),
//! in which state ([`State`]), what happened to it ([`Fact`]), what the server said ([`Answer`]),
//! which request was made when ([`Call`]), under which limit ([`Window`]), in which hours
//! ([`OpeningHours`]). Parsing happens here once; after that no bare string has a meaning.
//!
//! Deliberately absent: SQL text, wire formats, reading a clock, any input or output but the
//! system's table of time zones, which `jiff` reads for a zone's name.

mod action;
mod advice;
mod answer;
mod batch;
mod boot;
mod call;
mod clock_gap;
mod comment;
mod counts;
mod day_hours;
mod device;
mod fact;
mod inventory;
mod machine_id;
mod now;
mod opening_hours;
mod row_time;
mod shell;
mod span;
mod split_mix;
mod standing;
mod state;
mod tenant;
mod time;
mod time_source;
mod window;
mod words;

pub mod hex;
pub mod text;

pub use action::{Action, ActionId, ActionIdError, ActionScope, ActionStatus, ActionType};
pub use advice::Advice;
pub use answer::{
    Answer, Detail, Doubt, Page, PageExtent, ReadAnswer, Reply, Trouble, Unreachable,
};
pub use batch::{
    BatchFact, BatchId, BatchIdError, ContentHash, End, MachineNumber, StoppedBy, WhereFilter,
};
pub use boot::{BootId, BootTime, ServerClock, Stamp};
pub use call::{Call, CallId, Freeze, History, LimitGroup, Phantoms};
pub use clock_gap::{ClockGap, GapCause};
pub use comment::{Comment, CommentError, Marker, MarkerSeed};
pub use counts::Counts;
pub use day_hours::{DayHours, HoursError, TimeOfDay};
pub use device::Device;
pub use fact::{Fact, Missing, Reason};
pub use inventory::{InventoryMachine, has_reported_since};
pub use machine_id::{MachineId, MachineIdError};
pub use now::{Now, Placing};
pub use opening_hours::{InstantError, Opening, OpeningHours};
pub use row_time::{Order, RowTime};
pub use shell::quoted;
pub use span::{Span, SpanError};
pub use split_mix::SplitMix;
pub use standing::Standing;
pub use state::{Forbidden, State};
pub use tenant::{Realm, Tenant};
pub use time::{Steady, Timestamp, TimestampError};
pub use time_source::TimeSource;
pub use window::{Window, WindowError};
pub(crate) use words::words;
