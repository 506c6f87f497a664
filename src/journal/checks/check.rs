//! Whether a journal is fit to run on: a list of findings, not the first thing that is wrong.
//!
//! Called by `cli` for the command `check`. It reads alone, beside a runner too, and keeps no more
//! in memory for a million machines than for one. The file, the chain and the fold are checked by
//! the functions that a run uses; what a run promises is checked a second time, by `invariants`,
//! which asks the tables and the stored facts without the fold.
//!
//! Deliberately absent: repairing anything, and what lies outside the file.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::domain::{Advice, BatchId, hex};
use crate::journal::facts::{batch_row, fold};
use crate::journal::file::{Location, network};
use crate::journal::hand_over::{self, Role};
use crate::journal::sql::schema;
use crate::journal::{Journal, JournalError};

use super::finding::Finding;
use super::invariants;

/// What `SQLite` says of a damaged file is cut off after this many things: one is enough to know.
const COMPLAINTS: u32 = 3;

/// Checks the journal at a path. One that is not there yet is fit: the first run makes it. Where
/// the file cannot be opened, nothing more is asked of it.
pub fn check(path: &Path) -> Vec<Finding> {
    if let Err(error) = place(path) {
        return vec![Finding::failed("journal", &error)];
    }
    let journal = match Journal::open_reader(path) {
        Ok(journal) => journal,
        Err(JournalError::Missing { .. }) => {
            return vec![Finding::good("journal", format!("{}, not made yet", path.display()))];
        }
        Err(error @ JournalError::Newer { .. }) => return vec![Finding::failed("schema", &error)],
        Err(error) => return vec![Finding::failed("journal", &error)],
    };
    // One snapshot for all that is compared, beside a runner that continues.
    let snapshot = match journal.db().unchecked_transaction() {
        Ok(snapshot) => snapshot,
        Err(error) => return vec![Finding::failed("journal", &error.into())],
    };
    let mut findings: Vec<Finding> = journal.lost_log().map(lost_log).into_iter().collect();
    findings.extend(handed_over(&snapshot, path));
    findings.extend([
        Finding::of("journal", file(&snapshot, path)),
        Finding::of("schema", version(&snapshot)),
        Finding::of("audit chain", chain(&journal)),
        rows(&journal),
    ]);
    findings.extend(invariants::ALL.map(|(name, ask)| Finding::of(name, ask(&snapshot, name))));
    findings
}

/// Where no runner could work.
fn place(path: &Path) -> Result<(), JournalError> {
    let location = Location::find(path)?;
    location.check_names()?;
    if network::holds(location.folder()) {
        return Err(JournalError::NetworkDrive { path: path.to_owned() });
    }
    Ok(())
}

/// Only told where it is so: another one goes on.
fn handed_over(db: &Connection, path: &Path) -> Option<Finding> {
    let row = hand_over::read(db).ok()?.filter(|row| row.role == Role::HandedOver)?;
    Some(Finding::failed("hand-over", &row.refusal(path.to_owned())))
}

impl Journal {
    /// Whether its schema is the one of this program, so that it can be used as it is.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn is_current(&self) -> Result<bool, JournalError> {
        Ok(schema::found(self.db())? == schema::known())
    }
}

/// Only told where it is so.
fn lost_log(log: PathBuf) -> Finding {
    let found = format!("{} is missing, or not this journal's", log.display());
    let asks = " asks Defender what was sent before it sends anything";
    let hint = Some(Advice::command("resume").then(asks));
    Finding { name: "log", ok: false, found, hint }
}

/// Every page and every index, as `SQLite` has them.
fn file(db: &Connection, path: &Path) -> Result<Finding, JournalError> {
    let mut statement = db.prepare(&format!("PRAGMA integrity_check({COMPLAINTS})"))?;
    let said = statement.query_map([], |row| row.get::<_, String>(0))?;
    let said = said.collect::<Result<Vec<_>, _>>()?.join("; ");
    if said != "ok" {
        return Ok(Finding::bad("journal", format!("{}: {said}", path.display())));
    }
    let sql = "SELECT (SELECT COUNT(*) FROM batches), (SELECT SUM(total) FROM batches)";
    let (batches, machines): (i64, Option<i64>) =
        db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let machines = machines.unwrap_or_default();
    let holds = format!("batches: {batches}, machines: {machines}");
    Ok(Finding::good("journal", format!("{}, {holds}", path.display())))
}

/// A newer one was refused when the file was opened; an older one is brought up to date by a run.
fn version(db: &Connection) -> Result<Finding, JournalError> {
    let (found, known) = (schema::found(db)?, schema::known());
    let said = if found == known {
        format!("version {found}")
    } else {
        format!("version {found}; the next run brings it to {known}")
    };
    Ok(Finding::good("schema", said))
}

fn chain(journal: &Journal) -> Result<Finding, JournalError> {
    let head = journal.verify_chain()?;
    let hash = hex::encode(&head.hash);
    Ok(Finding::good("audit chain", format!("{} facts, head {hash}", head.rows)))
}

fn compare(journal: &Journal, id: BatchId) -> Result<(), JournalError> {
    fold::compare(journal.db(), id)?;
    batch_row::compare(journal.db(), id)
}

/// Every batch is looked at, also after one that is not as it should be.
pub(super) fn rows(journal: &Journal) -> Finding {
    const NAME: &str = "rows";
    let batches = match journal.batches() {
        Ok(batches) => batches,
        Err(error) => return Finding::failed(NAME, &error),
    };
    let wrong: Vec<Finding> = batches
        .iter()
        .filter_map(|batch| compare(journal, batch.id).err())
        .map(|error| Finding::failed(NAME, &error))
        .collect();
    match wrong.first() {
        None => Finding::good(NAME, "every machine is what its facts add up to".to_owned()),
        Some(first) => {
            let more = match wrong.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more batches"),
            };
            Finding { found: format!("{}{more}", first.found), ..first.clone() }
        }
    }
}
