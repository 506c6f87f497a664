//! What the guards could see: which facts of its machines a list told, and in words that are known.

use crate::domain::text::excerpt;
use crate::guard::{Class, Needed, Onboarding, System, Treatment, Treatments};
use crate::intake::{Position, Row};

use crate::cli::list::input::FileColumns;
use crate::cli::plurals::counted;
use crate::cli::{Exit, Failure};

/// What the rows of one file told.
#[derive(Debug, Default)]
struct FileSight {
    rows: u64,
    /// The place of some row; places of others are made from it.
    place: Option<Position>,
    system: KnownCells,
    onboarding: KnownCells,
}

/// How many rows told a fact.
#[derive(Debug, Default)]
struct KnownCells {
    known: u64,
    /// What a cell holds that is not known.
    example: Option<String>,
}

/// What the rows of each file told, as they pass.
#[derive(Debug, Default)]
pub(crate) struct Sight(Vec<FileSight>);

impl Sight {
    pub(crate) fn look_at(&mut self, source: u16, row: &Row) {
        let source = usize::from(source);
        if self.0.len() <= source {
            self.0.resize_with(source + 1, FileSight::default);
        }
        let file = &mut self.0[source];
        file.rows += 1;
        file.place.get_or_insert(row.place);
        let (system, onboarding) = (&row.device.os_platform, &row.device.onboarding_status);
        file.system.count(system.as_deref(), |text| System::named(text) != System::NotSaid);
        let is_known = |text: &str| Onboarding::named(text) != Onboarding::NotSaid;
        file.onboarding.count(onboarding.as_deref(), is_known);
    }

    /// A place in a file, in the words of its kind.
    pub(crate) fn place(&self, source: u16, number: u64) -> Position {
        let place = self.0.get(usize::from(source)).and_then(|file| file.place);
        place.unwrap_or(Position::Line(number)).with_number(number)
    }

    /// What a person should know of facts that only some rows tell.
    pub(crate) fn notes(&self, files: &[FileColumns]) -> Vec<String> {
        let mut notes = Vec::new();
        for (file, columns) in self.0.iter().zip(files) {
            for needed in [Needed::System, Needed::Onboarding] {
                let (told, column) = (file.known_cells(needed), columns.of(needed));
                let Some(column) = column.filter(|_| told.known < file.rows) else { continue };
                let rows = counted(file.rows - told.known, "row");
                let such = match &told.example {
                    Some(example) => format!(", such as `{example}`"),
                    None => String::new(),
                };
                let what = fact(needed);
                notes.push(format!("{rows} without a known {what} in `{column}`{such}"));
            }
        }
        notes
    }

    /// A guard that a person asked for, and that has nothing to read, ends the command. To send a
    /// class is no guard: which machines have it, the tenant says too.
    pub(crate) fn refuse_blind(
        &self,
        treatments: &Treatments,
        files: &[FileColumns],
    ) -> Result<(), Failure> {
        for (class, treatment) in treatments.said() {
            let Some(needed) = class.needs() else { continue };
            if *treatment == Treatment::Send {
                continue;
            }
            for (file, columns) in self.0.iter().zip(files) {
                if file.rows > 0 && file.known_cells(needed).known == 0 {
                    let asked = format!("--on {class}={}", treatment.word());
                    return Err(blind(*class, &asked, needed, file, columns));
                }
            }
        }
        Ok(())
    }
}

impl FileSight {
    const fn known_cells(&self, needed: Needed) -> &KnownCells {
        match needed {
            Needed::System => &self.system,
            Needed::Onboarding => &self.onboarding,
        }
    }
}

impl KnownCells {
    fn count(&mut self, cell: Option<&str>, is_known: impl Fn(&str) -> bool) {
        match cell {
            Some(cell) if is_known(cell) => self.known += 1,
            Some(cell) => {
                self.example.get_or_insert_with(|| excerpt(cell));
            }
            None => {}
        }
    }
}

const fn fact(needed: Needed) -> &'static str {
    match needed {
        Needed::System => "operating system",
        Needed::Onboarding => "onboarding status",
    }
}

fn blind(
    class: Class,
    asked: &str,
    needed: Needed,
    file: &FileSight,
    columns: &FileColumns,
) -> Failure {
    let what = fact(needed);
    let why = match (columns.of(needed), &file.known_cells(needed).example) {
        (None, _) => format!("{} has no column with the {what}", columns.file),
        (Some(column), Some(example)) => {
            format!("`{column}` of {} has no known {what}, for example `{example}`", columns.file)
        }
        (Some(column), None) => format!("`{column}` of {} is empty in every row", columns.file),
    };
    let column = match needed {
        Needed::System => "OS Platform",
        Needed::Onboarding => "Onboarding Status",
    };
    Failure::new(Exit::Input, format!("{asked} has nothing to read: {why}; nothing was queued"))
        .hint(format!(
            "use a list with a column `{column}`, as the portal exports it; without --on {class}, \
             such machines are sent"
        ))
}
