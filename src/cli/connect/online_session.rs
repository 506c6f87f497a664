//! A command that is signed in: it hands batches to the engine, with everyone who watches.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::domain::Timestamp;
use crate::engine::{
    self, Assignment, Conclusion, ReadDelay, ReadError, ReadPatience, RunOptions, SecondLook,
    StopSignal, Task, TenantReader, TenantSnapshot,
};
use crate::journal::{Batch, Journal};
use crate::report::{self, Summarized};
use crate::reporter::ReadingBar;

use crate::cli::args::Progress;
use crate::cli::batch::closing::{self, Closing};
use crate::cli::batch::run_by::note_run_by;
use crate::cli::signals::Signals;
use crate::cli::{Context, Failure};

use super::observers::{Watchers, watchers};
use super::signed_in::SignedIn;

/// How far back a plan looks for Offboard actions of anyone's: a month. Microsoft does not say how
/// long Defender keeps them.
const ACTIONS_SINCE: Duration = Duration::from_hours(30 * 24);

/// A command that holds the journal and is signed in.
pub(crate) struct OnlineSession<'a> {
    pub(crate) context: &'a Context,
    pub(crate) journal: &'a mut Journal,
    /// Where the journal is to be made for the calls of a plan.
    pub(super) absent: Option<&'a Path>,
    pub(crate) signed_in: SignedIn,
    pub(crate) signals: Signals,
    pub(super) runtime: Runtime,
    pub(super) command: &'static str,
    pub(super) progress: Progress,
    pub(super) events: Option<&'a Path>,
    /// When the reading of the inventory began that this command made, where it made one.
    pub(super) tenant_read_at: Option<Timestamp>,
}

impl OnlineSession<'_> {
    /// Runs a batch until there is a reason to end, and reports its outcome.
    pub(crate) fn run_and_close(
        &mut self,
        batch: &Batch,
        task: Task,
        options: RunOptions,
    ) -> Result<Closing, Failure> {
        let what = match task {
            Task::Track => Summarized::Track,
            Task::Send | Task::Cancel(_) => Summarized::Batch,
        };
        self.run_and_sum_up(batch, task, options, what)
    }

    /// The same for a command whose summary is about more than the batch.
    pub(crate) fn run_and_sum_up(
        &mut self,
        batch: &Batch,
        task: Task,
        options: RunOptions,
        what: Summarized<'_>,
    ) -> Result<Closing, Failure> {
        let conclusion = self.run(batch, (task, ""), options)?;
        closing::conclude(self.context, self.journal, batch.id, what, &conclusion)
    }

    /// Reads what the tenant says, as far as a plan needs it.
    pub(crate) fn read_tenant(
        &mut self,
        options: &RunOptions,
    ) -> Result<TenantSnapshot, ReadError> {
        let since = self.context.clock.now().wall.minus(ACTIONS_SINCE);
        self.read_tenant_since(options, since)
    }

    /// The same for a batch that began then: somebody else's action that it adopted is older.
    pub(crate) fn read_tenant_of(
        &mut self,
        options: &RunOptions,
        began: Timestamp,
    ) -> Result<TenantSnapshot, ReadError> {
        self.read_tenant_since(options, began.minus(ACTIONS_SINCE))
    }

    fn read_tenant_since(
        &mut self,
        options: &RunOptions,
        since: Timestamp,
    ) -> Result<TenantSnapshot, ReadError> {
        let (context, remote) = (self.context, &self.signed_in.remote);
        let clock = &context.clock;
        let patience = ReadPatience::of_lists(options.offline_timeout);
        let make = |path| Journal::make_for_planner(path, context.runner(self.command));
        let mut ledger = self.absent.map(make).transpose()?;
        if let Some(ledger) = &mut ledger {
            ledger.count_for(self.signed_in.quota());
        }
        let mut reader = TenantReader::new(self.journal, remote, clock, options, patience);
        if let Some(ledger) = &mut ledger {
            reader = reader.counted_in(ledger);
        }
        let told = |delay: &ReadDelay| tell_delay(context, delay);
        let bar = tenant_bar(context, self.progress);
        let ticked = |machines, elapsed| {
            if let Some(bar) = &bar {
                bar.tell(machines, elapsed);
            }
        };
        let read = self.runtime.block_on(reader.read(since, told, ticked));
        if let Some(bar) = bar {
            bar.end();
        }
        let read = read?;
        self.tenant_read_at = Some(read.at);
        Ok(read)
    }

    /// Runs a batch; `chosen` are the options, each with a space ahead, that chose some machines of
    /// it: who leaves at once goes on with these alone.
    pub(crate) fn run(
        &mut self,
        batch: &Batch,
        (task, chosen): (Task, &str),
        options: RunOptions,
    ) -> Result<Conclusion, Failure> {
        let (context, stop) = (self.context, StopSignal::new());
        context.last_batch.set(Some(batch.id));
        self.warn_of_token(batch, &options)?;
        let go_on = match task {
            Task::Track => "track",
            Task::Cancel(_) => "cancel",
            Task::Send => "resume",
        };
        let go_on = context.commands.of(&format!("{go_on} {}{chosen}", batch.id));
        self.signals.running(stop.clone(), go_on);
        let Watchers { mut observers, troubles } =
            watchers(context, (self.progress, self.events), batch, self.signed_in.timeout)?;
        let online = Some((self.signed_in.app.as_str(), &options));
        note_run_by(context, self.journal, batch.id, self.command, online)?;
        let assignment = Assignment {
            batch: batch.id,
            task,
            command: self.command.to_owned(),
            options,
            seed: random(),
            server_clock: self.signed_in.server_clock,
            second_look: Some(SecondLook { read_at: self.tenant_read_at }),
        };
        let (remote, clock) = (&self.signed_in.remote, &context.clock);
        let driven = engine::drive(self.journal, remote, &assignment, &mut observers, clock, stop);
        let conclusion = self.runtime.block_on(driven);
        observers.iter_mut().for_each(|observer| observer.end());
        let conclusion = conclusion?;
        troubles.tell(context);
        Ok(conclusion)
    }

    /// Says so where the token ends before the last request goes out, and nobody can renew it.
    fn warn_of_token(&self, batch: &Batch, options: &RunOptions) -> Result<(), Failure> {
        let Some(ends_at) = self.signed_in.token_ends_at else { return Ok(()) };
        let (context, now) = (self.context, self.context.clock.now());
        let status = report::status(self.journal, batch.id, &options.budget(), now)?;
        let last = status.forecast.map(|forecast| forecast.prospect.last_send_at);
        if let Some(last) = last.filter(|last| *last >= ends_at) {
            let when = |at| context.zone.near(at, now.wall);
            context.screen.note(&format!(
                "warning: the token ends at {}, and the last request is expected at {}: the run \
                 stops in between; a client secret or a certificate renews its tokens\n",
                when(ends_at),
                when(last)
            ));
        }
        Ok(())
    }
}

/// What shows how far the reading of the tenant is, where a bar is wanted and can be shown.
fn tenant_bar(context: &Context, progress: Progress) -> Option<ReadingBar> {
    let wanted = match progress {
        Progress::Bar => true,
        Progress::Auto => !context.screen.is_quiet(),
        Progress::Plain | Progress::None => false,
    };
    let (outlet, terminal) = context.screen.canvas().filter(|_| wanted)?;
    Some(ReadingBar::of_tenant(outlet, terminal))
}

/// Says what holds a read of the tenant up, and until when.
pub(crate) fn tell_delay(context: &Context, delay: &ReadDelay) {
    log_delay(delay);
    let now = context.clock.now().wall;
    let when = |at: &Timestamp| context.zone.when(*at, now);
    let said = match delay {
        ReadDelay::Failed { detail, next_at, gives_up_at } => {
            let (next, end) = (when(next_at), when(gives_up_at));
            let tries = format!("next try {next}, giving up {end}");
            format!("Defender's lists cannot be read: {detail}; {tries}")
        }
        ReadDelay::Paused { next_at, gives_up_at } => {
            let (next, end) = (when(next_at), when(gives_up_at));
            let tries = format!("next request {next}, giving up {end}");
            format!("reading the tenant: Defender asked for a pause; {tries}")
        }
        ReadDelay::Limit(until) => {
            let when = when(until);
            format!("reading the tenant: the limit is used up; next request {when}")
        }
    };
    context.screen.note(&format!("{said}\n"));
}

fn log_delay(delay: &ReadDelay) {
    let (reason, until, error) = match delay {
        ReadDelay::Failed { detail, next_at, .. } => ("backoff", next_at, Some(detail.to_string())),
        ReadDelay::Paused { next_at, .. } => ("retry_after", next_at, None),
        ReadDelay::Limit(until) => ("window", until, None),
    };
    let until = until.to_string();
    tracing::debug!(target: "mde_offboard::run", reason, until, error, "waiting to read");
}

/// A runtime for one command: one thread, as one task owns the journal.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::of_short_system("the runtime cannot be started", &error))
}

/// Bits that nobody could have foreseen: the keys with which the standard library seeds its maps
/// come from the system's source of randomness.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
