//! Which files a command line names: those that are read, and those that are written.
//!
//! Each is listed here, so that no output can be written over something that matters.

use std::path::PathBuf;

use crate::cli::output::{OutputKind, WantedOutput};

use super::{
    AuditCommand, Command, ConfigCommand, ConnectionArguments, JournalCommand, ManArguments,
    SelectionArguments, SimulatorArguments, VerifyArguments, manual,
};

/// The files of a command, but for the journal.
#[derive(Debug, Default)]
pub(crate) struct NamedFiles {
    pub(crate) read: Vec<PathBuf>,
    pub(crate) written: Vec<WantedOutput>,
    /// What the command writes to standard output where no file is named for it.
    pub(crate) printed: Option<OutputKind>,
}

impl Command {
    pub(crate) fn files(&self) -> NamedFiles {
        let mut files = NamedFiles::default();
        files.writes(OutputKind::Metrics, self.monitoring().metrics_file.as_ref());
        match self {
            Self::Run(given) => {
                files.read.extend(given.input.files.iter().cloned());
                files.read.extend(given.input.protect.clone());
                files.read.extend(given.review.plan.clone());
                files.writes(OutputKind::Rejects, given.input.rejects.as_ref());
                files.writes(OutputKind::Events, given.follow.events.as_ref());
                files.reads_for(&given.session.connection);
            }
            Self::Plan(given) => {
                files.read.extend(given.input.files.iter().cloned());
                files.read.extend(given.input.protect.clone());
                files.writes(OutputKind::Rejects, given.input.rejects.as_ref());
                files.writes(OutputKind::Plan, given.output.as_ref());
                files.writes(OutputKind::Details, given.details.as_ref());
                files.reads_for(&given.session.connection);
            }
            Self::Resume(given) => {
                files.writes(OutputKind::Events, given.follow.events.as_ref());
                files.reads_for(&given.session.connection);
            }
            Self::Track(given) => {
                files.writes(OutputKind::Events, given.follow.events.as_ref());
                files.reads_for(&given.session.connection);
            }
            Self::Retry(given) => {
                files.reads_list(&given.selection);
                files.writes(OutputKind::Events, given.events.as_ref());
                files.reads_for(&given.session.connection);
            }
            Self::Cancel(given) => {
                files.reads_list(&given.selection);
                files.reads_for(&given.session.connection);
            }
            Self::Verify(given) => files.of_verify(given),
            Self::Resolve(given) => files.reads_list(&given.selection),
            Self::Report(given) => {
                files.reads_list(&given.selection);
                files.results(OutputKind::Report, given.output.as_ref());
            }
            Self::Audit(given) => files.of_audit(&given.command),
            Self::Journal(given) => {
                let JournalCommand::Copy(given) = &given.command;
                files.writes(OutputKind::Copy, Some(&given.file));
            }
            Self::Forecast(given) => files.read.push(given.machines.clone()),
            Self::Simulator(given) => files.of_simulator(given),
            Self::Config(given) => {
                if let ConfigCommand::Show(given) = &given.command {
                    files.reads_for(&given.connection);
                }
            }
            Self::Man(given) => files.of_man(given),
            Self::Check(given) => files.reads_for(&given.connection),
            Self::Stop(_)
            | Self::Status(_)
            | Self::Serve(_)
            | Self::Show(_)
            | Self::Batches(_)
            | Self::Completions(_) => {}
        }
        files
    }
}

impl NamedFiles {
    fn of_verify(&mut self, given: &VerifyArguments) {
        self.reads_list(&given.selection);
        self.writes(OutputKind::Report, given.output.as_ref());
        // Without a format it prints what it found, for people.
        let is_list = given.format.is_some() && given.output.is_none();
        self.printed = is_list.then_some(OutputKind::Report);
        self.reads_for(&given.session.connection);
    }

    fn of_audit(&mut self, command: &AuditCommand) {
        match command {
            AuditCommand::Verify(given) => {
                // A hash is no file, and then there is none of its name.
                self.read.extend(given.head.clone());
                self.writes(OutputKind::Head, given.write_head.as_ref());
            }
            AuditCommand::Export(given) => self.results(OutputKind::Facts, given.output.as_ref()),
        }
    }

    fn of_simulator(&mut self, given: &SimulatorArguments) {
        self.read.extend(given.machines.iter().chain(&given.changes).cloned());
        if given.sample.is_some() {
            self.results(OutputKind::Sample, given.output.as_ref());
        }
    }

    fn of_man(&mut self, given: &ManArguments) {
        let Some(folder) = &given.folder else { return };
        for page in manual() {
            self.writes(OutputKind::Manual, Some(&folder.join(page.file)));
        }
    }

    fn reads_list(&mut self, selection: &SelectionArguments) {
        self.read.extend(selection.machines.clone());
    }

    fn reads_for(&mut self, connection: &ConnectionArguments) {
        self.read.extend(connection.ca_file.clone());
    }

    /// The result of the command, which is printed unless it has a file.
    fn results(&mut self, kind: OutputKind, path: Option<&PathBuf>) {
        self.writes(kind, path);
        self.printed = path.is_none().then_some(kind);
    }

    pub(crate) fn writes(&mut self, kind: OutputKind, path: Option<&PathBuf>) {
        self.written.extend(path.map(|path| WantedOutput { kind, path: path.clone() }));
    }
}
