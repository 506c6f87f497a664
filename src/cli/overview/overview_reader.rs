//! All journals, read for one overview.
//!
//! Some at a time, since most of the time is spent waiting for a disk or a share. Deliberately
//! absent: the clock, whose time is an argument.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cli::configuration::TenantProfiles;
use crate::cli::options::remembered;
use crate::cli::paths::shown;
use crate::cli::{Context, Failure};
use crate::domain::{Now, Tenant};
use crate::journal::Journal;
use crate::report::{Commands, Overview, TenantRow, TenantState, tenant_state};

use super::row_options::RowOptions;

/// Journals that are read at the same time.
const AT_ONCE: usize = 8;

/// Reads several journals again and again. It keeps none open.
#[derive(Debug, Clone)]
pub(crate) struct OverviewReader {
    profiles: TenantProfiles,
    commands: Commands,
    options: RowOptions,
}

impl OverviewReader {
    pub(crate) fn new(context: &Context) -> Self {
        let profiles = context.configuration.tenant_profiles();
        let commands = context.commands.clone();
        Self { profiles, commands, options: RowOptions::new() }
    }

    /// How these journals are now. A row's number is the place of its journal.
    pub(crate) fn read(&self, journals: &[PathBuf], now: Now) -> Overview {
        let next = AtomicUsize::new(0);
        let some = || {
            let mut rows = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = journals.get(number) else { return rows };
                rows.push(self.row((number, path), look(path, now)));
            }
        };
        let rows = thread::scope(|scope| {
            let threads = AT_ONCE.min(journals.len());
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
            let rows = threads.into_iter().map(|it| it.join().expect("a look does not panic"));
            rows.flatten().collect()
        });
        Overview::new(now.wall, rows)
    }

    /// The row of a journal in which this was found.
    pub(crate) fn row(
        &self,
        (number, path): (usize, &Path),
        found: Result<TenantState, Failure>,
    ) -> TenantRow {
        let tenant = match &found {
            Ok(TenantState::Batch(batch)) => Some(&batch.status.batch.tenant),
            Ok(TenantState::Aside { tenant, .. }) => tenant.as_ref(),
            _ => None,
        };
        let profile = self.profiles.of(path, tenant);
        let commands = self.commands_of((path, profile), tenant);
        let state = found.unwrap_or_else(|failure| {
            let to_do = failure.advice().map(|hint| hint.to_text(|words| commands.of(words)));
            let why = std::iter::once(failure.message).chain(failure.causes);
            TenantState::Unreadable { why: why.collect::<Vec<_>>().join(": "), to_do }
        });
        let file = shown(path.file_name().map_or(path, Path::new));
        let profile = profile.map(str::to_owned);
        TenantRow { number, journal: shown(path), file, profile, commands, state }
    }

    /// How commands about a journal are printed, where its batches are of this tenant.
    pub(crate) fn commands(&self, path: &Path, tenant: Option<&Tenant>) -> Commands {
        self.commands_of((path, self.profiles.of(path, tenant)), tenant)
    }

    fn commands_of(&self, place: (&Path, Option<&str>), tenant: Option<&Tenant>) -> Commands {
        let is_rehearsal = tenant.is_some_and(Tenant::is_simulated);
        self.options.commands(&self.commands, place, is_rehearsal)
    }
}

fn look(path: &Path, now: Now) -> Result<TenantState, Failure> {
    state_of(&Journal::open_reader(path)?, now)
}

/// What a row says of a journal.
pub(crate) fn state_of(journal: &Journal, now: Now) -> Result<TenantState, Failure> {
    tenant_state(journal, now, |batch| Ok::<_, Failure>(remembered(batch)?.budget()))
}
