//! Everyone who watches a run: the bar or plain lines, and the file of `--events`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::event::Observer;
use crate::journal::Batch;
use crate::reporter::{
    Bar, EventLog, Heading, Lines, Metrics, MetricsTrouble, Plain, WriteTrouble,
};

use crate::cli::args::Progress;
use crate::cli::output::{OutputKind, write_advice};
use crate::cli::paths::shown;
use crate::cli::{Context, Exit, Failure};

type Observers = Vec<Box<dyn Observer>>;

/// What shows the progress to a person.
type Display = Box<dyn Observer>;

/// The observers that the options ask for, and where to ask later what went wrong.
pub(super) struct Watchers {
    pub(super) observers: Observers,
    pub(super) troubles: Troubles,
}

/// What went wrong while files were written.
#[derive(Default)]
pub(super) struct Troubles {
    events: Option<WriteTrouble>,
    metrics: Option<(PathBuf, MetricsTrouble)>,
}

impl Troubles {
    /// Says each once, when the run is over.
    pub(super) fn tell(&self, context: &Context) {
        if let Some(error) = self.events.as_ref().and_then(WriteTrouble::get) {
            let hint = format!("the journal has everything; {}", write_advice(error));
            context.screen.warn(&Failure::of(Exit::Error, error).hint(hint));
        }
        if let Some((path, trouble)) = &self.metrics
            && let Some(error) = trouble.get()
        {
            let said = format!("metrics could not be written to {}", shown(path));
            let failure = Failure::new(Exit::Error, said).caused_by(error);
            let hint = format!("the run is not affected; {}", write_advice(error));
            context.screen.warn(&failure.hint(hint));
        }
    }
}

pub(super) fn watchers(
    context: &Context,
    (progress, events): (Progress, Option<&Path>),
    batch: &Batch,
    request_timeout: Duration,
) -> Result<Watchers, Failure> {
    let mut observers: Observers = vec![Box::new(EventLog)];
    let mut troubles = Troubles::default();
    let heading = || heading(context, batch, request_timeout);
    observers.extend(display(context, progress, heading));
    if let Some(path) = events {
        let file = context.outputs.append(OutputKind::Events, path)?;
        let lines = Lines::new(path, Box::new(file)).map_err(no_thread)?;
        troubles.events = Some(lines.trouble());
        observers.push(Box::new(lines));
    }
    if let Some(path) = &context.monitoring.metrics_file {
        let file = context.outputs.rewrite(OutputKind::Metrics, path)?;
        let metrics = Metrics::new(batch.id, move |text| file.write(text)).map_err(no_thread)?;
        troubles.metrics = Some((path.clone(), metrics.trouble()));
        observers.push(Box::new(metrics));
    }
    Ok(Watchers { observers, troubles })
}

fn heading(context: &Context, batch: &Batch, request_timeout: Duration) -> Heading {
    Heading {
        batch: batch.id,
        tenant: batch.tenant.id.clone(),
        sources: batch.sources.clone(),
        simulated: batch.tenant.is_simulated(),
        next_command: context.commands.of(&format!("status {} --watch", batch.id)),
        report_command: context.commands.of(&format!("report {}", batch.id)),
        track_command: context.commands.of(&format!("track {}", batch.id)),
        request_timeout,
        zone: context.zone.clone(),
    }
}

fn display(
    context: &Context,
    progress: Progress,
    heading: impl Fn() -> Heading,
) -> Option<Display> {
    let bar = || {
        let (outlet, terminal) = context.screen.canvas()?;
        Some(Box::new(Bar::new(heading(), outlet, terminal)) as Display)
    };
    let plain = || {
        let lines = context.screen.lines()?;
        Some(Box::new(Plain::new(heading(), Box::new(lines))) as Display)
    };
    match progress {
        Progress::None => None,
        Progress::Auto if context.screen.is_quiet() => None,
        Progress::Plain => plain(),
        Progress::Auto | Progress::Bar => bar().or_else(plain),
    }
}

fn no_thread(error: io::Error) -> Failure {
    Failure::of_short_system("the system cannot start another thread", &error)
}
