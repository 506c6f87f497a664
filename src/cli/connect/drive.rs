//! Hands a batch to the engine, with whoever watches, and tells what came of it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::Path;

use tokio::runtime::Runtime;

use crate::domain::{BatchId, MarkerSeed};
use crate::engine::{self, Assignment, Conclusion, RunOptions, StopSignal, Task};
use crate::event::Observer;
use crate::journal::{Batch, Journal, JournalError, Runner};
use crate::report::Commands;
use crate::reporter::{Bar, Heading, Lines, Plain, ScreenThread, WriteTrouble};

use crate::cli::args::Progress;
use crate::cli::connect::connection::Signed;
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::journal_path::Simulate;
use crate::cli::output::OutputKind;
use crate::cli::signals::Signals;

/// Whoever watches a run.
type Observers = Vec<Box<dyn Observer>>;

/// What a thread of its own draws.
type Display = Box<dyn Observer + Send>;

/// What every run of a command shares.
pub(crate) struct Driver<'a> {
    pub(crate) context: &'a Context,
    pub(crate) commands: &'a Commands,
    pub(crate) runtime: &'a Runtime,
    pub(crate) signed: &'a Signed,
    pub(crate) signals: &'a Signals,
    pub(crate) progress: Progress,
    pub(crate) events: Option<&'a Path>,
}

impl Driver<'_> {
    /// Drives a batch until there is a reason to end.
    pub(crate) fn drive(
        &self,
        journal: &mut Journal,
        batch: &Batch,
        task: Task,
        command: &str,
        options: RunOptions,
    ) -> Result<Conclusion, Failure> {
        let stop = StopSignal::new();
        let go_on = match task {
            Task::Track => format!("track {}", batch.id),
            Task::Cancel(None) => format!("cancel {}", batch.id),
            // Without its selection, the command would take back others too.
            Task::Cancel(Some(_)) => format!("status {}", batch.id),
            Task::Send => format!("resume {}", batch.id),
        };
        self.signals.running(stop.clone(), self.commands.of(&go_on));
        let (mut observers, trouble) = self.observers(batch)?;
        let command = command.to_owned();
        let server_clock = self.signed.server_clock;
        let (batch, seed) = (batch.id, random());
        let assignment = Assignment { batch, task, command, options, seed, server_clock };
        let clock = &self.context.clock;
        let driven =
            engine::drive(journal, &self.signed.remote, &assignment, &mut observers, clock, stop);
        let conclusion = self.runtime.block_on(driven);
        observers.iter_mut().for_each(|observer| observer.end());
        let conclusion =
            conclusion.map_err(|error| Failure::from(error).with_commands(self.commands))?;
        if let Some(error) = trouble.as_ref().and_then(WriteTrouble::get) {
            let hint = "the journal has it all; look at the file or at its reader";
            self.context.screen.warn(&Failure::of(Exit::Error, error).hint(hint));
        }
        Ok(conclusion)
    }

    fn observers(&self, batch: &Batch) -> Result<(Observers, Option<WriteTrouble>), Failure> {
        let mut observers = Observers::new();
        let mut trouble = None;
        if let Some(display) = self.display(batch) {
            observers.push(Box::new(ScreenThread::new(display).map_err(no_thread)?));
        }
        if let Some(path) = self.events {
            let file = self.context.outputs.append(OutputKind::Events, path)?;
            let lines = Lines::new(path, Box::new(file)).map_err(no_thread)?;
            trouble = Some(lines.trouble());
            observers.push(Box::new(lines));
        }
        Ok((observers, trouble))
    }

    fn display(&self, batch: &Batch) -> Option<Display> {
        let heading = || Heading {
            batch: batch.id,
            tenant: batch.tenant.id.clone(),
            sources: batch.sources.clone(),
            simulated: batch.tenant.is_simulated(),
            next_command: self.commands.of(&format!("status {}", batch.id)),
            request_timeout: self.signed.timeout,
            zone: self.context.zone.clone(),
        };
        let bar = || Bar::stderr(heading()).map(|bar| Box::new(bar) as Display);
        let plain = || {
            let stderr = Box::new(io::stderr());
            Some(Box::new(Plain::new(heading(), stderr)) as Display)
        };
        match self.progress {
            Progress::None => None,
            Progress::Auto if self.context.screen.is_quiet() => None,
            Progress::Plain => plain(),
            Progress::Auto | Progress::Bar => bar().or_else(plain),
        }
    }
}

fn no_thread(error: io::Error) -> Failure {
    Failure::new(Exit::Error, "the system starts no more threads").caused_by(&error)
}

/// A runtime for one command: one thread, as one task owns the journal.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| {
        Failure::new(Exit::Error, "the runtime cannot be started").caused_by(&error)
    })
}

/// Opens the journal as its one runner.
pub(crate) fn open(
    context: &Context,
    simulate: Simulate,
    command: &str,
) -> Result<Journal, Failure> {
    let opened = try_open(context, &context.journal_path(simulate)?, command);
    opened.map_err(|error| Failure::from(error).with_commands(&context.commands(simulate)))
}

/// The same, for a caller who waits where another process has it.
pub(crate) fn try_open(
    context: &Context,
    path: &Path,
    command: &str,
) -> Result<Journal, JournalError> {
    let runner = Runner {
        pid: std::process::id(),
        host: environment::host(),
        user: environment::user(),
        command: command.to_owned(),
        since: context.clock.now().wall,
    };
    let journal = Journal::open_runner(path, runner)?;
    // Who holds the journal must not be held by a reader.
    context.screen.limit_waiting();
    context.tell_loss(&journal);
    Ok(journal)
}

/// A batch that has just been read or made, as the journal has it now.
pub(crate) fn reread(journal: &Journal, id: BatchId) -> Result<Batch, Failure> {
    journal.batch(id)?.ok_or_else(|| Failure::new(Exit::Journal, format!("batch {id} is gone")))
}

/// Bits that nobody could have foreseen: the keys with which the standard library seeds its maps
/// come from the system's source of randomness.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// What the markers of a new batch share.
pub(crate) fn marker_seed() -> MarkerSeed {
    MarkerSeed::from_random(random())
}
