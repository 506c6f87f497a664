//! A command that runs batches, while it holds the journal: the lock, the signals, the options
//! that say where requests go and who watches.

use std::path::{Path, PathBuf};

use crate::domain::BatchId;
use crate::engine::RunOptions;
use crate::journal::{Batch, Journal, JournalError};
use crate::simulator::SimulatedMachine;

use crate::cli::args::SessionArguments;
use crate::cli::batch::stored;
use crate::cli::signals::Signals;
use crate::cli::{Context, Failure};

use super::destination::Destination;
use super::online_session::{OnlineSession, runtime};
use super::signed_in::SignedIn;

/// A command that holds the journal.
pub(crate) struct CommandSession<'a> {
    pub(crate) context: &'a Context,
    pub(crate) journal: Journal,
    /// Where the journal is to be made for the calls of a plan, once there are some.
    absent: Option<PathBuf>,
    command: &'static str,
    given: &'a SessionArguments,
    /// The file of `--events`.
    events: Option<&'a Path>,
    /// One listener for all batches of the command.
    signals: Option<Signals>,
}

impl<'a> CommandSession<'a> {
    /// Becomes the journal's one runner.
    pub(crate) fn open(
        context: &'a Context,
        command: &'static str,
        given: &'a SessionArguments,
        events: Option<&'a Path>,
    ) -> Result<Self, Failure> {
        let journal = open_as_runner(context, command)?;
        Ok(Self { context, journal, absent: None, command, given, events, signals: None })
    }

    /// Reads the journal for a plan, also beside its runner; where there is none, one in memory.
    pub(crate) fn beside(
        context: &'a Context,
        command: &'static str,
        given: &'a SessionArguments,
    ) -> Result<Self, Failure> {
        let path = context.journal_path()?;
        let (journal, absent) = match Journal::open_planner(&path, context.runner(command)) {
            Err(JournalError::Missing { .. }) => (Journal::in_memory()?, Some(path)),
            opened => (opened?, None),
        };
        context.tell_loss(&journal);
        Ok(Self { context, journal, absent, command, given, events: None, signals: None })
    }

    /// For a command that asked its question, and so listens, before it took the journal.
    pub(crate) fn after_question(
        context: &'a Context,
        command: &'static str,
        given: &'a SessionArguments,
        (journal, signals): (Journal, Signals),
    ) -> Self {
        let (absent, events, signals) = (None, None, Some(signals));
        Self { context, journal, absent, command, given, events, signals }
    }

    /// A batch that was read before the journal was held, as it is now.
    pub(crate) fn batch(&self, id: BatchId) -> Result<Batch, Failure> {
        stored::reread(&self.journal, id)
    }

    /// Where requests go; `remembered` is the batch that continues.
    pub(crate) fn destination(
        &self,
        remembered: Option<&Batch>,
    ) -> Result<Destination<'a>, Failure> {
        let given = (&self.given.connection, self.given.rehearsal);
        let Context { configuration, screen, .. } = self.context;
        Destination::of(given, configuration, remembered, *screen)
    }

    /// Signs in for a list of which nothing is queued yet. A signal ends the process with
    /// `otherwise` from here on. A rehearsal has `machines` in the tenant `tenant_id`.
    pub(crate) fn sign_in_for_list(
        &mut self,
        destination: Destination<'_>,
        (tenant_id, machines): (&str, Vec<SimulatedMachine>),
        options: &RunOptions,
        otherwise: Failure,
    ) -> Result<OnlineSession<'_>, Failure> {
        let screen = self.context.screen;
        self.online(otherwise, |runtime| {
            destination.sign_in_for_list(runtime, (tenant_id, machines), options, screen)
        })
    }

    /// Signs in to the tenant of a batch that continues. A signal ends the process with `otherwise`
    /// from here on.
    pub(crate) fn sign_in_for_batch(
        &mut self,
        destination: Destination<'_>,
        batch: &Batch,
        options: &RunOptions,
        otherwise: Failure,
    ) -> Result<OnlineSession<'_>, Failure> {
        let machines = stored::rehearsed(&self.journal, batch, self.given.rehearsal)?;
        let screen = self.context.screen;
        self.online(otherwise, |runtime| {
            destination.sign_in_for_batch((runtime, screen), batch, machines, &options.limits)
        })
    }

    fn online(
        &mut self,
        otherwise: Failure,
        sign_in: impl FnOnce(&tokio::runtime::Runtime) -> Result<SignedIn, Failure>,
    ) -> Result<OnlineSession<'_>, Failure> {
        let runtime = runtime()?;
        let signals = match &self.signals {
            Some(signals) => {
                signals.leaving(otherwise);
                signals.clone()
            }
            None => Signals::listen(self.context.screen, otherwise)?,
        };
        self.signals = Some(signals.clone());
        let signed_in = sign_in(&runtime)?;
        self.journal.count_for(signed_in.quota());
        Ok(OnlineSession {
            context: self.context,
            signed_in,
            journal: &mut self.journal,
            absent: self.absent.as_deref(),
            signals,
            runtime,
            command: self.command,
            progress: self.given.progress.progress,
            events: self.events,
            tenant_read_at: None,
        })
    }
}

pub(crate) fn open_as_runner(context: &Context, command: &str) -> Result<Journal, Failure> {
    Ok(try_open_as_runner(context, &context.journal_path()?, command)?)
}

/// The same, for a caller who waits where another process has it.
pub(crate) fn try_open_as_runner(
    context: &Context,
    path: &Path,
    command: &str,
) -> Result<Journal, JournalError> {
    let journal = Journal::open_runner(path, context.runner(command))?;
    // Who holds the journal must not be held by a reader.
    context.screen.limit_waiting();
    context.tell_loss(&journal);
    Ok(journal)
}
