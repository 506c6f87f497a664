//! What `verify` found, machine by machine added up, and its words.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{State, Timestamp};
use crate::engine::TenantSnapshot;
use crate::journal::{Afterwards, Batch, Machine};
use crate::plan::LaterVerdict;
use crate::reporter::thousands;

use crate::cli::{Context, Exit};

pub(crate) struct Verification {
    snapshot: TenantSnapshot,
    counts: [Tally; LaterVerdict::ALL.len()],
    succeeded: u64,
    /// Their action ended without success since the journal last asked.
    ended_otherwise: u64,
    oldest_pending: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Tally {
    machines: u64,
    example: Option<Example>,
}

/// One machine of a verdict, for the screen.
#[derive(Debug)]
struct Example {
    machine: String,
    seen: Option<Timestamp>,
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct VerifyDocument {
    #[schemars(extend("const" = "mde-offboard.verify/1"))]
    schema: &'static str,
    batches: Vec<i64>,
    inventory_at: String,
    /// Machines by verdict.
    #[schemars(with = "std::collections::BTreeMap<String, u64>")]
    verdicts: serde_json::Map<String, serde_json::Value>,
    succeeded: u64,
    ended_otherwise: u64,
    /// When the oldest action was created that has not ended.
    pending_since: Option<String>,
    /// Whether machines moved between the pages of the inventory: some may be missing.
    inventory_moved: bool,
}

impl Verification {
    pub(crate) fn new(snapshot: TenantSnapshot) -> Self {
        Self {
            snapshot,
            counts: Default::default(),
            succeeded: 0,
            ended_otherwise: 0,
            oldest_pending: None,
        }
    }

    pub(crate) fn add(&mut self, machine: &Machine, seen: &Afterwards) {
        self.succeeded += u64::from(seen.offboarded_at.is_some());
        let Some(verdict) = LaterVerdict::of(seen, self.snapshot.at) else {
            let followed = machine.standing.state == State::Pending;
            self.ended_otherwise += u64::from(followed);
            return;
        };
        let tally = &mut self.counts[verdict as usize];
        tally.machines += 1;
        tally.example.get_or_insert_with(|| Example {
            machine: machine.name.clone().unwrap_or_else(|| machine.id.to_string()),
            seen: seen.last_seen,
        });
        if verdict == LaterVerdict::Pending {
            let earlier = self.oldest_pending.map_or(seen.pending_since, |oldest| {
                seen.pending_since.map(|since| since.min(oldest))
            });
            self.oldest_pending = earlier.or(self.oldest_pending);
        }
    }

    /// That a machine still reports is the one thing to act on.
    pub(crate) fn exit(&self) -> Exit {
        if self.of(LaterVerdict::StillReports) > 0 { Exit::Unsuccessful } else { Exit::Done }
    }

    pub(crate) fn tell(&self, context: &Context, batches: &[Batch]) {
        if context.screen.is_json() {
            let count =
                |verdict: LaterVerdict| (verdict.word().to_owned(), self.of(verdict).into());
            context.screen.document(&VerifyDocument {
                schema: "mde-offboard.verify/1",
                batches: batches.iter().map(|batch| batch.id.0).collect(),
                inventory_at: self.snapshot.at.to_string(),
                verdicts: LaterVerdict::ALL.into_iter().map(count).collect(),
                succeeded: self.succeeded,
                ended_otherwise: self.ended_otherwise,
                pending_since: self.oldest_pending.map(|at| at.to_string()),
                inventory_moved: self.snapshot.moved,
            });
        } else {
            context.screen.result(&self.to_prose(context, batches));
        }
    }

    fn of(&self, verdict: LaterVerdict) -> u64 {
        self.counts[verdict as usize].machines
    }

    fn to_prose(&self, context: &Context, batches: &[Batch]) -> String {
        let (which, word) = match batches {
            [one] => (format!("Batch {}", one.id), one.id.to_string()),
            several => (format!("{} batches", several.len()), "all".to_owned()),
        };
        let at = self.snapshot.at;
        let when = format!("{} {}", context.zone.full(at), context.zone.name(at));
        let succeeded = thousands(self.succeeded);
        let mut lines = vec![format!("{which}, {succeeded} succeeded, inventory of {when}")];
        for verdict in LaterVerdict::ALL {
            let number = self.of(verdict);
            if number > 0 {
                let words = self.words(context, verdict);
                lines.push(format!("  {:<13}  {:>7}  {words}", verdict.word(), thousands(number)));
            }
        }
        if lines.len() == 1 {
            lines.push("  no machine was offboarded, and none is pending".to_owned());
        }
        if self.ended_otherwise > 0 {
            let number = thousands(self.ended_otherwise);
            let track = context.commands.of(&format!("track {word}"));
            lines.push(format!("  {number} ended without success; to record that: {track}"));
        }
        if self.snapshot.moved {
            let said = "Machines moved between the pages of the inventory while it was read: some \
                        may be missing from it.";
            lines.push(said.to_owned());
        }
        let list = context.commands.of(&format!("verify {word} --output verify.csv"));
        lines.push(format!("List: {list}"));
        lines.join("\n") + "\n"
    }

    fn words(&self, context: &Context, verdict: LaterVerdict) -> String {
        let zone = &context.zone;
        match verdict {
            LaterVerdict::Silent => "no report since their action ended".to_owned(),
            LaterVerdict::StillReports => {
                let example = self.counts[verdict as usize].example.as_ref();
                let seen = example.and_then(|example| Some((&example.machine, example.seen?)));
                let example =
                    seen.map(|(machine, at)| format!("e.g. {machine}, {}", zone.full(at)));
                format!(
                    "{}: onboarded again under the\n{:25}same ID, by a person or by an onboarding \
                     policy that is still assigned?",
                    example.unwrap_or_default(),
                    ""
                )
            }
            LaterVerdict::OtherId => {
                "the name reports under a newer ID: re-imaged; not offboarded".to_owned()
            }
            LaterVerdict::Pending => {
                let waited = self.oldest_pending.map(|at| {
                    let days = self.snapshot.at.since(at).as_secs() / 86_400;
                    format!("oldest since {}: {}", zone.full(at), days_words(days))
                });
                waited.unwrap_or_else(|| "their action has not ended".to_owned())
            }
            LaterVerdict::TooEarly => "their action ended less than 2 days ago".to_owned(),
            LaterVerdict::Gone => "no longer in the inventory".to_owned(),
        }
    }
}

fn days_words(days: u64) -> String {
    match days {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{} days", thousands(days)),
    }
}
