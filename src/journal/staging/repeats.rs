//! Several rows of one machine: the newest one counts.
//!
//! An export of advanced hunting without `summarize` has a row for each report of a machine, and
//! what was so a month ago is not so today. Where the rows have times, the newest decides. Where
//! they have none, or the same, they have to agree on the machine's name, on its comment and on
//! whether it is wanted; else nobody knows what is meant, and the machine is not of the batch.
//!
//! Called by `rows` with each row whose ID stood there before, and once when all are there.
//! Deliberately absent: what a row's time is (`domain::RowTime`), and words for people.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::{Comment, MachineId, Order, Reason, RowTime, words};
use crate::journal::JournalError;
use crate::journal::sql::column::{Fields, to_signed};

use super::devices::Devices;
use super::new_machine::NewMachine;

/// Most machines that are named where rows disagree.
const NAMED_MAX: usize = 50;

/// What became of machines whose rows do not say the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepeatSummary {
    /// Machines whose newest row is not wanted, though an older one is. They are not of the batch.
    pub outdated: u64,
    /// Machines whose rows disagree. They are not of the batch either.
    pub disputed: u64,
    pub disputes: Vec<Dispute>,
    /// Machines that are left out because one of their rows says so, and another does not.
    pub ruled_out: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    pub id: MachineId,
    pub name: Option<String>,
    /// That row and one that disagrees: an index into the batch's sources, and a line.
    pub rows: [(u16, u64); 2],
    pub about: Disagreement,
}

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Disagreement {
        Name = "name",
        Comment = "comment",
        /// Whether the filters want it.
        Filter = "filter",
        /// Whether it is left out.
        Skip = "skip",
    }
}

impl RepeatSummary {
    pub(super) fn add(&mut self, more: Self) {
        self.outdated += more.outdated;
        self.disputed += more.disputed;
        self.disputes.extend(more.disputes);
        self.disputes.truncate(NAMED_MAX);
        self.ruled_out += more.ruled_out;
    }
}

pub(super) const TABLES: &str = "
    CREATE TEMPORARY TABLE staged_unwanted (
        machine_id BLOB    NOT NULL PRIMARY KEY,
        source     INTEGER NOT NULL,
        line       INTEGER NOT NULL,
        month_at   INTEGER,
        day_at     INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TEMPORARY TABLE staged_disputes (
        machine_id BLOB    NOT NULL,
        about      TEXT    NOT NULL,
        source     INTEGER NOT NULL,
        line       INTEGER NOT NULL,
        PRIMARY KEY (machine_id, about)
    ) STRICT, WITHOUT ROWID;
    CREATE TEMPORARY TABLE staged_gone (
        machine_id BLOB    NOT NULL PRIMARY KEY
    ) STRICT, WITHOUT ROWID;";

pub(in crate::journal) fn clear(db: &Connection) -> Result<(), JournalError> {
    let sql = "DELETE FROM temp.staged_unwanted; DELETE FROM temp.staged_disputes;
               DELETE FROM temp.staged_gone";
    Ok(db.execute_batch(sql)?)
}

/// Notes a row that is not wanted: it may be newer than one of the same machine that is.
pub(in crate::journal) fn note_unwanted(
    db: &Connection,
    id: MachineId,
    (source, line): (u16, u64),
    at: Option<RowTime>,
) -> Result<(), JournalError> {
    let (month, day) = at.map(RowTime::readings).unzip();
    // Of several the latest, by each reading; one without a time may be the latest.
    let sql = "INSERT INTO temp.staged_unwanted VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (machine_id) DO UPDATE
               SET month_at = MAX(month_at, excluded.month_at),
                   day_at = MAX(day_at, excluded.day_at)";
    let row = params![id.as_bytes(), source, to_signed(line), month, day];
    db.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Whether the rows of a machine so far say what is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They do.
    Clear,
    /// They may not: [`settle`] has to look.
    Open,
}

struct Known {
    number: i64,
    name: Option<String>,
    comment: Option<String>,
    skip: Option<String>,
    at: Option<RowTime>,
}

impl Known {
    fn of(db: &Connection, id: MachineId) -> Result<Self, JournalError> {
        let sql = "SELECT i.number, s.name, i.comment, i.skip, s.month_at,
                       COALESCE(s.day_at, s.month_at)
                   FROM temp.staged_ids AS i JOIN temp.staged AS s ON s.number = i.number
                   WHERE i.machine_id = ?1";
        let mut statement = db.prepare_cached(sql)?;
        Ok(statement.query_row([id.as_bytes()], |row| {
            Ok(Self {
                number: row.get(0)?,
                name: row.get(1)?,
                comment: row.get(2)?,
                skip: row.get(3)?,
                at: time(row.get(4)?, row.get(5)?),
            })
        })?)
    }
}

fn time(month: Option<i64>, day: Option<i64>) -> Option<RowTime> {
    month.zip(day).map(|(month, day)| RowTime::from_readings(month, day))
}

/// Takes one more row of a machine that is staged.
pub(super) fn weigh(
    db: &Connection,
    devices: &mut Devices,
    row: &NewMachine,
) -> Result<Agreement, JournalError> {
    let known = Known::of(db, row.id)?;
    match known.at.zip(row.at).map(|(known, new)| new.order(known)) {
        Some(Order::Older) => Ok(Agreement::Clear),
        Some(Order::Newer) => {
            replace(db, devices, &known, row)?;
            Ok(Agreement::Clear)
        }
        Some(Order::Unclear) | None => join(db, &known, row),
    }
}

/// A newer row replaces all before it.
fn replace(
    db: &Connection,
    devices: &mut Devices,
    known: &Known,
    row: &NewMachine,
) -> Result<(), JournalError> {
    let id = row.id.as_bytes();
    let comment = row.comment.as_ref().map(Comment::as_str);
    let (month, day) = row.at.map(RowTime::readings).unzip();
    let sql = "UPDATE temp.staged_ids SET comment = ?2, skip = ?3 WHERE machine_id = ?1";
    let skip = row.skip.map(Reason::word);
    db.prepare_cached(sql)?.execute(params![id, comment, skip])?;
    let device = devices.number(db, &row.device)?;
    let sql = "UPDATE temp.staged SET name = ?2, comment = ?3, source = ?4, line = ?5,
                   device = ?6, month_at = ?7, day_at = ?8 WHERE number = ?1";
    let (name, line) = (&row.name, to_signed(row.line));
    db.prepare_cached(sql)?.execute(params![
        known.number,
        name,
        comment,
        row.source,
        line,
        device,
        month,
        day
    ])?;
    let sql = "DELETE FROM temp.staged_disputes WHERE machine_id = ?1";
    db.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// Nobody knows which of the rows is newer: they have to say the same, and what one leaves open the
/// other says. Where one has no time, a later row cannot be known to be newer than all either.
fn join(db: &Connection, known: &Known, row: &NewMachine) -> Result<Agreement, JournalError> {
    let id = row.id.as_bytes();
    let comment = row.comment.as_ref().map(Comment::as_str);
    let skip = row.skip.map(Reason::word);
    let differ = |one: Option<&str>, other: Option<&str>| {
        one.zip(other).is_some_and(|(one, other)| one != other)
    };
    let same_name = |(one, other): (&str, &str)| is_same_name(one, other);
    let names = known.name.as_deref().zip(row.name.as_deref());
    let found = [
        (Disagreement::Name, !names.is_none_or(same_name)),
        (Disagreement::Comment, differ(known.comment.as_deref(), comment)),
        (Disagreement::Skip, known.skip.is_some() != skip.is_some()),
    ];
    let mut agreement = Agreement::Clear;
    for (about, _) in found.into_iter().filter(|(_, differs)| *differs) {
        agreement = Agreement::Open;
        let sql = "INSERT OR IGNORE INTO temp.staged_disputes VALUES (?1, ?2, ?3, ?4)";
        let line = to_signed(row.line);
        db.prepare_cached(sql)?.execute(params![id, about.word(), row.source, line])?;
    }
    let at = known.at.zip(row.at).map(|(known, new)| known.latest(new));
    let says_more = (known.comment.is_none() && comment.is_some())
        || (known.skip.is_none() && skip.is_some())
        || (known.name.is_none() && row.name.is_some());
    if !says_more && at == known.at {
        return Ok(agreement);
    }
    let (month, day) = at.map(RowTime::readings).unzip();
    let sql = "UPDATE temp.staged_ids SET comment = COALESCE(comment, ?2),
                   skip = COALESCE(skip, ?3) WHERE machine_id = ?1";
    db.prepare_cached(sql)?.execute(params![id, comment, skip])?;
    let sql = "UPDATE temp.staged SET name = COALESCE(name, ?2), comment = COALESCE(comment, ?3),
                   month_at = ?4, day_at = ?5 WHERE number = ?1";
    db.prepare_cached(sql)?.execute(params![known.number, row.name, comment, month, day])?;
    Ok(agreement)
}

/// Without regard to case; a first label, where one of the two has no domain.
fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let label = |name: &str| name.split('.').next().map(str::to_owned);
    one == other || (one.contains('.') != other.contains('.') && label(&one) == label(&other))
}

/// Takes out the machines whose newest row is not wanted, and those whose rows disagree.
pub(super) fn settle(db: &Connection) -> Result<RepeatSummary, JournalError> {
    let newer = "u.month_at > s.month_at AND u.day_at > COALESCE(s.day_at, s.month_at)";
    let older = "u.month_at < s.month_at AND u.day_at < COALESCE(s.day_at, s.month_at)";
    let both = "FROM temp.staged_unwanted AS u
                CROSS JOIN temp.staged_ids AS i ON i.machine_id = u.machine_id
                CROSS JOIN temp.staged AS s ON s.number = i.number";
    let sql = format!("INSERT INTO temp.staged_gone SELECT i.machine_id {both} WHERE {newer}");
    let outdated = db.execute(&sql, [])? as u64;
    let sql = format!(
        "INSERT OR IGNORE INTO temp.staged_disputes
         SELECT i.machine_id, 'filter', u.source, u.line {both}
         WHERE NOT COALESCE({newer}, FALSE) AND NOT COALESCE({older}, FALSE)"
    );
    db.execute(&sql, [])?;
    let open = "FROM temp.staged_disputes AS d
                JOIN temp.staged_ids AS i ON i.machine_id = d.machine_id
                WHERE d.machine_id NOT IN (SELECT machine_id FROM temp.staged_gone)";
    let count = |which: &str| -> Result<u64, JournalError> {
        let sql = format!("SELECT COUNT(DISTINCT d.machine_id) {open} AND {which}");
        Ok(db.query_row(&sql, [], |row| Fields::of(row).whole())?)
    };
    let ruled_out = count("d.about = 'skip'")?;
    // A machine that is left out anyway needs no decision.
    let matters = "d.about <> 'skip' AND i.skip IS NULL";
    let disputed = count(matters)?;
    let named = first(db, &format!("{open} AND {matters}"))?;
    let sql = format!(
        "INSERT OR IGNORE INTO temp.staged_gone SELECT DISTINCT d.machine_id {open} AND {matters}"
    );
    db.execute(&sql, [])?;
    let gone = "IN (SELECT machine_id FROM temp.staged_gone)";
    db.execute_batch(&format!(
        "DELETE FROM temp.staged WHERE number IN
             (SELECT number FROM temp.staged_ids WHERE machine_id {gone});
         DELETE FROM temp.staged_ids WHERE machine_id {gone};"
    ))?;
    clear(db)?;
    Ok(RepeatSummary { outdated, disputed, disputes: named, ruled_out })
}

/// The first machines whose rows disagree.
fn first(db: &Connection, open: &str) -> Result<Vec<Dispute>, JournalError> {
    let sql = format!(
        "SELECT s.machine_id, s.name, s.source, s.line, d.source, d.line, d.about
         FROM (SELECT d.machine_id, i.number, d.source, d.line, d.about {open}
               ORDER BY i.number, d.about LIMIT {NAMED_MAX}) AS d
         JOIN temp.staged AS s ON s.number = d.number ORDER BY s.number, d.about"
    );
    let mut statement = db.prepare(&sql)?;
    let rows = statement.query_map([], |row| {
        let mut fields = Fields::of(row);
        let id = MachineId::from_bytes(fields.take()?);
        let name = fields.take()?;
        let rows = [(fields.take()?, fields.whole()?), (fields.take()?, fields.whole()?)];
        Ok(Dispute { id, name, rows, about: fields.text(Disagreement::from_word)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A staged machine: where it is in the input, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRow {
    pub id: MachineId,
    pub name: Option<String>,
    /// Which input file it is in: an index into the batch's sources.
    pub source: u16,
    /// In which line of it, counted from 1.
    pub line: u64,
    pub os_platform: Option<String>,
    pub onboarding_status: Option<String>,
}

/// The first staged machine that is to be left out for a reason.
pub(in crate::journal) fn first_staged(
    db: &Connection,
    reason: Reason,
) -> Result<Option<StagedRow>, JournalError> {
    let sql = "SELECT s.machine_id, s.name, s.source, s.line, NULLIF(d.os_platform, ''),
                   NULLIF(d.onboarding_status, '')
               FROM temp.staged AS s LEFT JOIN temp.staged_devices AS d ON d.number = s.device
               WHERE s.number =
                   (SELECT MIN(number) FROM temp.staged_ids WHERE skip = ?1)";
    let read = |row: &Row<'_>| {
        let mut fields = Fields::of(row);
        Ok(StagedRow {
            id: MachineId::from_bytes(fields.take()?),
            name: fields.take()?,
            source: fields.take()?,
            line: fields.whole()?,
            os_platform: fields.take()?,
            onboarding_status: fields.take()?,
        })
    };
    Ok(db.prepare_cached(sql)?.query_row([reason.word()], read).optional()?)
}
