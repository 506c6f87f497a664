//! How far a batch is, for people.

use std::time::Duration;

use crate::domain::text::in_line;
use crate::domain::{End, State, Timestamp};
use crate::journal::Runner;
use crate::reporter::{
    Sent, Zone, counts_line, last_request, lasting, progress_words, progress_words_at_rest, share,
    sources_line, thousands, usage_line, waiting_words,
};

use super::advice::error_lines;
use super::next_command::{end_words, next};
use super::{Commands, Status};

/// So long without a sign of life is four times as long as a runner that works ever takes.
pub(super) const SILENT: Duration = Duration::from_mins(1);

/// What a line of the screen is, from what stays longest to what goes first where there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StatusPart {
    Runner,
    Next,
    Sending,
    Waiting,
    Title,
    WhyEnded,
    Counts,
    Limits,
    LastAnswer,
    Errors,
    Gap,
}

impl Status {
    /// What `status` shows: counts, windows, why it waits, forecast, errors with what to do, and
    /// the command that goes on. Ends with a line end.
    pub fn to_prose(&self, zone: &Zone, commands: &Commands) -> String {
        let lines = self.parts(zone, commands).into_iter().map(|(_, line)| line);
        lines.collect::<Vec<_>>().join("\n") + "\n"
    }

    pub(super) fn parts(&self, zone: &Zone, commands: &Commands) -> Vec<(StatusPart, String)> {
        let mut parts = vec![
            (StatusPart::Title, self.title(zone)),
            (StatusPart::Sending, self.sending()),
            (StatusPart::Counts, self.counts()),
            (StatusPart::Limits, self.limits(zone)),
        ];
        let mut add = |part, line| parts.push((part, line));
        if let Some(wait) = &self.waiting {
            let words = waiting_words(wait, &self.batch.counts, self.at, zone);
            add(StatusPart::Waiting, format!("  waiting: {words}"));
        }
        if let Some(said) = &self.said {
            add(StatusPart::LastAnswer, format!("  last answer: {}", in_line(said)));
        }
        let errors = error_lines(&self.codes);
        if !errors.is_empty() {
            add(StatusPart::Gap, String::new());
        }
        errors.into_iter().for_each(|line| add(StatusPart::Errors, line));
        add(StatusPart::Gap, String::new());
        add(StatusPart::Runner, self.who_runs(zone));
        if let Some(why) = &self.why_ended {
            add(StatusPart::WhyEnded, format!("  {}", in_line(&zone.until_here(why))));
        }
        self.what_next(commands).into_iter().for_each(|line| add(StatusPart::Next, line));
        parts
    }

    fn title(&self, zone: &Zone) -> String {
        let batch = &self.batch;
        let simulation = if batch.tenant.is_simulated() { "  SIMULATION" } else { "" };
        let sources = sources_line(&batch.sources);
        let at = format!("{} {}", zone.full(self.at), zone.name(self.at));
        format!("Batch {}  {}  {sources}{simulation}  {at}", batch.id, batch.tenant.id)
    }

    fn sending(&self) -> String {
        let (counts, Sent { sent, of }) = (&self.batch.counts, self.sent());
        let words =
            if self.running { progress_words(counts) } else { progress_words_at_rest(counts) };
        format!("  {words}  {}", share(sent, of))
    }

    /// How full the limits are, and when the last request goes out or went out.
    pub(super) fn limits(&self, zone: &Zone) -> String {
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

    pub(super) fn who_runs(&self, zone: &Zone) -> String {
        let near = |at: Timestamp| zone.near_minute(at, self.at);
        let when = |at: Timestamp| zone.when_minute(at, self.at);
        let counts = &self.batch.counts;
        if let (true, Some(view)) = (self.running, &self.runner) {
            return self.the_runner(&view.runner, zone);
        }
        match (self.batch.end, self.batch.ended_at, self.last_sign_of_life()) {
            (Some(end), Some(at), _) => {
                // A run that left held machines is over as well, and they are not settled.
                let words = match end {
                    End::Settled if counts.of(State::Held) > 0 => "everything was sent",
                    end => end_words(Some(end)),
                };
                format!("not running since {}: {words}", near(at))
            }
            (None, _, Some(at)) => {
                format!("not running: the last sign of life was {} ({})", when(at), end_words(None))
            }
            _ => "not running: it was never started".to_owned(),
        }
    }

    /// A process that is suspended has the journal, and gives no sign of life.
    fn the_runner(&self, runner: &Runner, zone: &Zone) -> String {
        let Runner { pid, command, host, since, .. } = runner;
        let process = format!("process {pid} ({command}) on {host}");
        let since = zone.near_minute(*since, self.at);
        match self.sign_of_life() {
            Some(at) if self.at.since(at) >= SILENT => format!(
                "running, but without a sign of life since {}: {process}; is it suspended?",
                zone.near(at, self.at)
            ),
            Some(at) => {
                let last = zone.when(at, self.at);
                format!("running: {process} since {since}; last sign of life {last}")
            }
            None => format!("running: {process} since {since}"),
        }
    }

    /// The last sign of life that the last runner gave while it was at this batch.
    pub(super) fn sign_of_life(&self) -> Option<Timestamp> {
        let heartbeat = self.runner.as_ref().and_then(|view| view.heartbeat.as_ref());
        let of_this = heartbeat.filter(|heartbeat| heartbeat.batch == self.batch.id);
        of_this.map(|heartbeat| heartbeat.at)
    }

    /// When this batch was last heard of, where its last runner said nothing at its end.
    fn last_sign_of_life(&self) -> Option<Timestamp> {
        self.sign_of_life().max(self.batch.last_sent_at)
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
