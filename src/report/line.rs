//! How far a batch is, as a line of a log.

use std::fmt::Write as _;

use crate::domain::State;
use crate::reporter::{Zone, counts_fields, quoted};

use super::next_command::next;
use super::{Commands, Status};

impl Status {
    /// `2026-11-24T01:26:00+01:00 batch=1 sent=6000/13878 ... running=4312 ...`, in the words of
    /// the plain lines of a run. Ends with a line end.
    pub fn to_line(&self, zone: &Zone, commands: &Commands) -> String {
        let batch = &self.batch;
        let simulation = if batch.tenant.is_simulated() { " SIMULATION" } else { "" };
        let counts = counts_fields(&batch.counts);
        let mut line = format!("{} batch={}{simulation}{counts}", zone.rfc3339(self.at), batch.id);
        let mut add = |name: &str, value: &str| {
            write!(line, " {name}={value}").expect("a text takes every write");
        };
        let runner = self.runner.as_ref().filter(|_| self.running);
        let unanswered = batch.counts.of(State::Sending);
        if runner.is_none() && unanswered > 0 {
            add("without_an_answer", &unanswered.to_string());
        }
        match runner {
            Some(view) => add("running", &view.runner.pid.to_string()),
            None => add("running", "no"),
        }
        if let Some(at) = self.sign_of_life() {
            add("last_sign_of_life", &zone.rfc3339(at));
        }
        if let Some(wait) = &self.waiting {
            add("waiting", wait.reason.word());
            add("until", &zone.rfc3339(wait.until));
        }
        if let Some(forecast) = self.forecast.filter(|_| self.running) {
            add("last", &zone.rfc3339(forecast.prospect.last_send_at));
        }
        if let Some(said) = &self.said {
            add("last_answer", &quoted(said));
        }
        if !self.running {
            batch.end.iter().for_each(|end| add("ended", end.word()));
            let why = self.why_ended.as_ref();
            why.iter().for_each(|why| add("why", &quoted(why)));
            let next = next(batch, commands);
            next.iter().for_each(|next| add("next", &format!("{:?}", next.command)));
        }
        line + "\n"
    }
}
