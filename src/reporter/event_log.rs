//! What happens in a run, for the log: each decision to wait or to try again, each outcome.
//!
//! Where the log goes is not known here; it never waits for anybody. Deliberately absent: requests
//! and answers, which `defender` logs.

use crate::event::{Event, Happening, Observer, Snapshot};

use super::event_line::EventLine;

#[derive(Debug, Clone, Copy, Default)]
pub struct EventLog;

/// All fields of an event, at a level that has to be constant.
macro_rules! log {
    ($level:ident, $line:expr) => {{
        let EventLine { event, batch, waiting, .. } = &$line;
        let until = waiting.as_ref().map(|wait| &wait.until).or($line.until.as_ref());
        tracing::$level!(
            target: "mde_offboard::run",
            batch,
            machine_id = $line.machine_id,
            device_name = $line.device_name,
            command = $line.command,
            machines = $line.total,
            state = $line.state,
            action_id = $line.action_id,
            action_status = $line.action_status,
            adopted = $line.adopted,
            not_before = $line.not_before,
            look_at = $line.look_at,
            reason = waiting.as_ref().map(|wait| wait.reason).or($line.reason),
            from = $line.from,
            until,
            cause = $line.cause,
            http_status = $line.http_status,
            error_code = $line.error_code,
            error = $line.error_message,
            guard = $line.guard,
            why = $line.why,
            in_flight = $line.in_flight,
            end = $line.end,
            "{event}"
        );
    }};
}

impl Observer for EventLog {
    fn event(&mut self, event: &Event) {
        let line = EventLine::from(event);
        match event.what {
            Happening::Rejected { .. }
            | Happening::Held { .. }
            | Happening::ListsDistrusted { .. }
            | Happening::GuardTripped { .. } => log!(warn, line),
            Happening::BatchStarted { .. }
            | Happening::BatchEnded { .. }
            | Happening::RateLimited { .. }
            | Happening::Stopping { .. }
            | Happening::ClockGap(_)
            | Happening::Skipped { .. }
            | Happening::Uncertain { .. } => log!(info, line),
            Happening::Submitted { .. }
            | Happening::Retrying { .. }
            | Happening::Reconciled { .. }
            | Happening::ActionUpdated { .. }
            | Happening::Waiting { .. } => log!(debug, line),
        }
    }

    fn tick(&mut self, _: &Snapshot) {}
}
