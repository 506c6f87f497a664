//! From an event of `tracing` to a line of the log.

use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::cli::args::LogFormat;
use crate::cli::terminal::Screen;
use crate::engine::Clock;
use crate::reporter::Zone;

use super::line::LogLine;

/// Writes each event as a line; never waits for who reads it.
pub(super) struct LogLayer {
    pub(super) format: LogFormat,
    pub(super) zone: Zone,
    pub(super) clock: Clock,
    pub(super) screen: Screen,
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = LogLine::default();
        event.record(&mut line);
        let (of, at) = (event.metadata(), self.clock.now().wall);
        self.screen.log(&match self.format {
            LogFormat::Text => line.to_text(of, at, &self.zone),
            LogFormat::Json => line.to_json(of, at),
        });
    }
}
