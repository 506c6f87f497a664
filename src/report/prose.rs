//! How far a batch is, for people.

use crate::domain::text::in_line;
use crate::domain::{State, Timestamp};
use crate::reporter::{
    Sent, Zone, counts_line, last_request, lasting, progress_words, progress_words_at_rest, share,
    sources_line, thousands, usage_line, waiting_words,
};

use super::advice::error_lines;
use super::next_command::{end_words, next};
use super::{Commands, Status};

impl Status {
    /// What `status` shows: counts, windows, why it waits, forecast, errors with what to do, and
    /// the command that goes on. Ends with a line end.
    pub fn to_prose(&self, zone: &Zone, commands: &Commands) -> String {
        let mut lines = vec![self.title(zone), self.sending(), self.counts()];
        lines.push(self.limits(zone));
        let counts = &self.batch.counts;
        let waits = |wait| format!("  waiting: {}", waiting_words(wait, counts, self.at, zone));
        lines.extend(self.waiting.as_ref().map(waits));
        lines.extend(self.said.as_deref().map(|said| format!("  last answer: {}", in_line(said))));
        let errors = error_lines(&self.codes);
        if !errors.is_empty() {
            lines.push(String::new());
            lines.extend(errors);
        }
        lines.push(String::new());
        lines.push(self.who_runs(zone));
        let why = self.why_ended.as_deref().map(|why| zone.until_here(why));
        lines.extend(why.map(|why| format!("  {}", in_line(&why))));
        lines.extend(self.what_next(commands));
        lines.join("\n") + "\n"
    }

    fn title(&self, zone: &Zone) -> String {
        let batch = &self.batch;
        let simulation = if batch.tenant.is_simulated() { "  SIMULATION" } else { "" };
        let sources = sources_line(&batch.sources);
        let at = format!("{} {}", zone.full(self.at), zone.name(self.at));
        format!("Batch {}  {}  {sources}{simulation}  {at}", batch.id, batch.tenant.id)
    }

    fn sending(&self) -> String {
        let counts = &self.batch.counts;
        let (words, Sent { sent, of }) = if self.running {
            (progress_words(counts), Sent::from(counts))
        } else {
            (progress_words_at_rest(counts), Sent::at_rest(counts))
        };
        format!("  {words}  {}", share(sent, of))
    }

    /// How full the limits are, and when the last request goes out or went out.
    fn limits(&self, zone: &Zone) -> String {
        let last = match (self.forecast, self.batch.last_sent_at) {
            (Some(forecast), _) => {
                let last = last_request(&forecast.prospect, zone, self.at);
                let if_so = if self.running { "" } else { ", if you resume now" };
                format!("   {last} (in {}{if_so})", lasting(forecast.remaining))
            }
            (None, Some(at)) => format!("   last request was {}", zone.when(at, self.at)),
            (None, None) => String::new(),
        };
        format!("  {}{last}", usage_line(&self.windows))
    }

    fn counts(&self) -> String {
        let counts = &self.batch.counts;
        let (queued, sending) = (counts.of(State::Queued), counts.of(State::Sending));
        if self.running || sending == 0 {
            return format!("  queued {}   {}", thousands(queued + sending), counts_line(counts));
        }
        let (queued, sending) = (thousands(queued), thousands(sending));
        format!("  queued {queued}   without an answer {sending}   {}", counts_line(counts))
    }

    fn who_runs(&self, zone: &Zone) -> String {
        let near = |at: Timestamp| zone.near_minute(at, self.at);
        let when = |at: Timestamp| zone.when_minute(at, self.at);
        if let (true, Some(view)) = (self.running, &self.runner) {
            let runner = &view.runner;
            return format!(
                "running: process {} ({}) on {} since {}",
                runner.pid,
                runner.command,
                runner.host,
                near(runner.since)
            );
        }
        match (self.batch.end, self.batch.ended_at, self.last_sign_of_life()) {
            (Some(end), Some(at), _) => {
                format!("not running since {}: {}", near(at), end_words(Some(end)))
            }
            (None, _, Some(at)) => {
                format!("not running: the last sign of life was {} ({})", when(at), end_words(None))
            }
            _ => "not running: it was never started".to_owned(),
        }
    }

    /// When this batch was last heard of, where its last runner said nothing at its end.
    fn last_sign_of_life(&self) -> Option<Timestamp> {
        let heartbeat = self.runner.as_ref().and_then(|view| view.heartbeat.as_ref());
        let of_this = heartbeat.filter(|heartbeat| heartbeat.batch == self.batch.id);
        of_this.map(|heartbeat| heartbeat.at).max(self.batch.last_sent_at)
    }

    fn what_next(&self, commands: &Commands) -> Vec<String> {
        if self.running {
            let stop = commands.of(&format!("stop {}", self.batch.id));
            return vec![format!("  stop it safely   {stop}")];
        }
        let next = next(&self.batch, commands);
        next.map(|next| format!("  next   {}", next.command)).into_iter().collect()
    }
}
