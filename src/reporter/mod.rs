//! Floor 2: what people and files are told while a run goes on.
//!
//! Three observers of events: [`Bar`] on a terminal, [`Plain`] lines where there is none, and
//! [`Lines`] of JSON in a file. `cli` makes them, the driver calls them. What they write goes
//! through threads of its own ([`Outlet`], `queue`), so that nobody who does not read can hold up a
//! run. What a terminal shows is made in `picture`. Here are also the words that all screens share:
//! how a number, a time ([`Zone`]), a wait, a table or a document of JSON is written.
//!
//! Deliberately absent: the journal, the engine, opening files, any clock. Times come with the
//! events.

mod ascii;
mod bar;
mod calm;
mod event_line;
mod event_log;
mod heading;
mod last_request;
mod lines;
mod metrics;
mod metrics_text;
mod notable;
mod outlet;
mod picture;
mod plain;
mod queue;
mod reading;
mod schema;
mod shapes;
mod table;
mod words;
mod zone;

pub use ascii::ascii_json;
pub use bar::Bar;
pub use event_log::EventLog;
pub use heading::Heading;
pub use last_request::last_request;
pub use lines::{Lines, LinesError, WriteTrouble};
pub use metrics::{Metrics, MetricsTrouble};
pub use outlet::{AfterError, Outlet, WritePatience};
pub use picture::{
    Charset, Colouring, Look, Moment, Pane, Picture, Terminal, TerminalSize, Tone, folded, frame,
    prose_lines, tinted, wrapped,
};
pub use plain::{Plain, counts_fields};
pub use reading::ReadingBar;
pub use schema::NamedSchema;
pub use shapes::{CountsShape, UsageShape, WaitShape};
pub use table::{Side, lined_up};
pub use words::{
    Sent, counts_line, lasting, left_words, progress_words, progress_words_at_rest, quoted, share,
    sources_line, thousands, usage_line, wait_words, waiting_words, window_name,
};
pub use zone::Zone;
