//! What every command needs: the screen, the zone, the clock, the journal's place.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use crate::domain::BatchId;
use crate::engine::Clock;
use crate::journal::{Journal, JournalError, Runner};
use crate::report::Commands;
use crate::reporter::Zone;

use super::args::{Color, GlobalArguments, MonitoringArguments, NamedFiles};
use super::configuration::{Configuration, Key};
use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use super::guard_options::HereAndNow;
use super::journal_path::{self, Simulate};
use super::log::start_log;
use super::output::{OutputKind, Outputs, Printed, Protected};
use super::paths::shown;
use super::several::{Journals, refuse_several};
use super::windows_name::refuse_misleading;
use crate::cli::terminal::Screen;

pub(crate) struct Context {
    pub(crate) screen: Screen,
    pub(crate) zone: Zone,
    pub(crate) clock: Clock,
    pub(crate) simulate: Simulate,
    pub(crate) commands: Commands,
    pub(crate) outputs: Outputs,
    pub(crate) configuration: Configuration,
    pub(crate) monitoring: MonitoringArguments,
    /// The batch that was run last.
    pub(crate) last_batch: Cell<Option<BatchId>>,
    journals: Vec<PathBuf>,
    told_of_loss: Cell<bool>,
    told_of_zone: Cell<bool>,
}

impl Context {
    /// Resolves the options of every command, and turns the log on or off.
    pub(crate) fn new(
        global: &GlobalArguments,
        files: NamedFiles,
        (simulate, configuration): (Simulate, Configuration),
        screen: Screen,
    ) -> Result<Self, Failure> {
        let outputs = outputs(global, files, &configuration);
        outputs.check()?;
        let (zone, clock) = (Zone::new(jiff::tz::TimeZone::system()), Clock::new());
        start_log(global, (screen, &outputs), (&zone, &clock))?;
        Ok(Self {
            screen,
            outputs,
            zone,
            clock,
            simulate,
            configuration,
            commands: screen.commands().clone(),
            journals: global.journal.clone(),
            monitoring: MonitoringArguments::default(),
            last_batch: Cell::default(),
            told_of_loss: Cell::new(false),
            told_of_zone: Cell::new(false),
        })
    }

    /// Where and when times of day are typed.
    pub(crate) fn here_and_now(&self) -> HereAndNow<'_> {
        let (now, screen, told) = (self.clock.now().wall, self.screen, &self.told_of_zone);
        HereAndNow { zone: &self.zone, now, screen, told }
    }

    /// The one journal of the command.
    pub(crate) fn journal_path(&self) -> Result<PathBuf, Failure> {
        let mut named = self.named_journals()?;
        match refuse_several(&named) {
            Some(refusal) => Err(refusal),
            None => Ok(named.swap_remove(0)),
        }
    }

    /// Those of a command that takes several.
    pub(crate) fn journals(&self) -> Result<Journals, Failure> {
        Journals::find(self.named_journals()?, self.screen)
    }

    /// As they were named, or the one that is used otherwise: there is at least one.
    pub(crate) fn named_journals(&self) -> Result<Vec<PathBuf>, Failure> {
        let named = self.configuration.journals(&self.journals, self.simulate);
        if !named.is_empty() {
            let check = |path: &PathBuf| refuse_misleading("--journal", path);
            return named.iter().try_for_each(check).map(|()| named);
        }
        Ok(vec![journal_path::of(None, self.configuration.profile(), self.simulate)?])
    }

    /// Refuses several journals, or a folder, that were typed for a command that takes one or none.
    pub(crate) fn check_one_journal(&self) -> Result<(), Failure> {
        refuse_several(&self.journals).map_or(Ok(()), Err)
    }

    /// This process, as others see it who find it at the journal.
    pub(crate) fn runner(&self, command: &str) -> Runner {
        Runner {
            pid: std::process::id(),
            host: environment::host(),
            user: environment::user(),
            command: command.to_owned(),
            since: self.clock.now().wall,
        }
    }

    /// The journal, for a command that only shows; none where there is no such file.
    pub(crate) fn look_into(&self) -> Result<Option<Journal>, Failure> {
        self.look_at(&self.journal_path()?)
    }

    /// The same for the journal at a path.
    pub(crate) fn look_at(&self, path: &Path) -> Result<Option<Journal>, Failure> {
        match Journal::open_reader(path) {
            Ok(journal) => {
                self.tell_loss(&journal);
                Ok(Some(journal))
            }
            Err(JournalError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The journal, for a command that shows something of a batch; which file it is not in is told.
    pub(crate) fn read_journal(&self) -> Result<Journal, Failure> {
        let path = self.journal_path()?;
        self.look_into()?.ok_or_else(|| {
            let said = format!("no batch yet: {}", journal_path::nothing_in(&path));
            Failure::new(Exit::Usage, said).hint(journal_path::without_a_batch(Some(&path)))
        })
    }

    /// Says once that what was written last is not in the journal, and what follows.
    pub(crate) fn tell_loss(&self, journal: &Journal) {
        if let Some(log) = journal.lost_log().filter(|_| !self.told_of_loss.replace(true)) {
            let log = shown(&log);
            self.screen.note(&format!(
                "warning: {log} is missing, or not this journal's:\n  what was written last is \
                 lost. Before more is sent, the run asks Defender twice\n  what was sent, one \
                 settle time apart.\n"
            ));
        }
    }

    /// Says which file of settings counts where the current folder has one and the user too.
    pub(crate) fn tell_hidden_file(&self) {
        let configuration = &self.configuration;
        let Some((own, guards)) = configuration.hidden_file() else { return };
        let here = configuration.file().map(|file| shown(&file.path)).unwrap_or_default();
        let own = shown(&own.path);
        let guards: Vec<&str> = guards.into_iter().map(Key::word).collect();
        let guards = match guards.as_slice() {
            [] => "is not read.".to_owned(),
            guards => format!("is not read, but its guards hold: {}", guards.join(", ")),
        };
        self.screen.note(&format!(
            "note: the settings are those of {here} in this folder. Your own file\n  \
             {own}\n  {guards}\n"
        ));
    }

    /// Says once that nothing here is real.
    pub(crate) fn tell_simulation(&self) {
        if self.simulate == Simulate::Yes {
            self.screen
                .note("SIMULATION: a Defender simulator on this computer; no tenant is touched\n");
        }
    }
}

/// What the command writes. Both journals are protected, the real one and that of
/// rehearsals: which of them the command uses is not known yet.
fn outputs(
    global: &GlobalArguments,
    mut files: NamedFiles,
    configuration: &Configuration,
) -> Outputs {
    files.read.extend(configuration.files());
    files.writes(OutputKind::Log, global.log_file.as_ref());
    let journals = [Simulate::No, Simulate::Yes].into_iter();
    let journals = journals.flat_map(|which| {
        let named = configuration.journals(&global.journal, which);
        let own = || journal_path::of(None, configuration.profile(), which).ok();
        if named.is_empty() { own().into_iter().collect() } else { named }
    });
    let printed = match (global.json, files.printed) {
        (true, _) => Printed::Document,
        (false, Some(kind)) => Printed::Result(kind),
        (false, None) => Printed::Words,
    };
    let protected = Protected { journals: journals.collect(), inputs: files.read };
    Outputs::new(protected, (files.written, printed), global.force.into())
}

/// Turns colours on or off, before the first word is said.
pub(crate) fn choose_colours(color: Color) {
    let on = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if environment::no_color() => false,
        Color::Auto => return,
    };
    console::set_colors_enabled(on);
    console::set_colors_enabled_stderr(on);
}
