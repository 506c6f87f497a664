//! Which machine has a name of the list: exactly one that is onboarded, or it is not known.

use rusqlite::params;

use crate::domain::{Comment, Device, MachineId, Reason, RowTime, Timestamp};
use crate::guard::{Class, Treatment, Treatments};
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError, NewMachine};

/// Most machines that are told for a name that is not one machine's.
const FITS_MAX: u32 = 20;

/// What became of the names of a list; each counts once, without regard to case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NameCounts {
    /// Names that exactly one onboarded machine has. Two of them may be names of one machine.
    pub found: u64,
    pub ambiguous: u64,
    pub not_found: u64,
}

impl NameCounts {
    /// Names that are not those of exactly one onboarded machine.
    pub const fn unclear(&self) -> u64 {
        self.ambiguous + self.not_found
    }

    /// The same by their classes.
    pub const fn by_class(&self) -> [(Class, u64); 2] {
        [(Class::NameAmbiguous, self.ambiguous), (Class::NameNotFound, self.not_found)]
    }

    /// Those that are to be refused.
    pub fn refused(&self, treatments: &Treatments) -> u64 {
        let refused = |(class, _): &(Class, u64)| treatments.of(*class) == Treatment::Refuse;
        self.by_class().into_iter().filter(refused).map(|(_, count)| count).sum()
    }
}

/// A name of the list that is not the name of exactly one onboarded machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedName {
    pub name: String,
    /// Its first row: an index into the batch's sources, and a line.
    pub source: u16,
    pub line: u64,
    /// `name_ambiguous` or `name_not_found`.
    pub class: Class,
    /// The machines that may have it, the one that was seen last first; at most 20. Where it is
    /// not found, they are not onboarded, or merged into another.
    pub fits: Vec<NameFit>,
    /// How many there are in all.
    pub fits_in_all: u64,
}

/// A machine of the tenant that may have a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFit {
    pub id: MachineId,
    pub name: Option<String>,
    pub onboarding_status: Option<String>,
    pub health_status: Option<String>,
    pub last_seen: Option<Timestamp>,
    pub merged_into: Option<MachineId>,
}

/// Whether a machine of the tenant (`t`) may have a name of the list (`n`): they are equal, or one
/// has no domain and the first labels are equal. This is `guard::names_agree`.
macro_rules! agree {
    () => {
        "t.label = n.label
         AND (t.name_key = n.name_key OR n.name_key = n.label OR t.name_key = t.label)"
    };
}

/// Whether a machine can be meant.
macro_rules! onboarded {
    () => {
        "(t.onboarding_status = 'Onboarded' AND t.merged_into IS NULL)"
    };
}

impl Journal {
    /// Finds the machine of each staged name, after [`finish_tenant`](Self::finish_tenant), and
    /// stages it with the tenant's name. Names that are not the name of exactly one machine are
    /// left out and counted; nothing else is staged. It can be done again.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be used.
    pub fn resolve_names(&mut self) -> Result<NameCounts, JournalError> {
        self.check_stages()?;
        self.end_staging()?;
        let (db, staging) = self.staging();
        staging.forget_machines(db)?;
        db.execute_batch("DELETE FROM temp.resolved_names")?;
        db.execute_batch(RESOLVE)?;
        let mut statement = db.prepare_cached(ROWS)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (machine, wanted) = machine(&mut Fields::of(row))?;
            if wanted {
                staging.add(db, &machine)?;
            } else {
                let place = (machine.source, machine.line);
                staging.note_unwanted(db, machine.id, place, machine.at)?;
            }
        }
        drop(rows);
        let sql = "SELECT COUNT(*) FILTER (WHERE fits = 1), COUNT(*) FILTER (WHERE fits > 1),
                       COUNT(*) FILTER (WHERE fits = 0)
                   FROM temp.resolved_names WHERE first IS NOT NULL";
        Ok(db.prepare_cached(sql)?.query_row([], |row| {
            let mut fields = Fields::of(row);
            let (found, ambiguous) = (fields.whole()?, fields.whole()?);
            Ok(NameCounts { found, ambiguous, not_found: fields.whole()? })
        })?)
    }

    /// Visits each name that [`resolve_names`](Self::resolve_names) left out, in the order of the
    /// input.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be read; the visitor's own.
    pub fn each_unresolved<E: From<JournalError>>(
        &self,
        mut visit: impl FnMut(UnresolvedName) -> Result<(), E>,
    ) -> Result<(), E> {
        self.end_staging()?;
        let db = self.db();
        let mut statement = db.prepare_cached(UNRESOLVED).map_err(JournalError::from)?;
        let mut rows = statement.query([]).map_err(JournalError::from)?;
        while let Some(row) = rows.next().map_err(JournalError::from)? {
            let (key, mut found) = unresolved(&mut Fields::of(row)).map_err(JournalError::from)?;
            found.fits = all_rows(db, FITS, params![key, found.class.word(), FITS_MAX], fit)
                .map_err(JournalError::from)?;
            visit(found)?;
        }
        Ok(())
    }
}

const RESOLVE: &str = concat!(
    "INSERT INTO temp.resolved_names (name_key, label, fits, machine_id, first)
     SELECT n.name_key, n.label, COUNT(t.machine_id), MIN(t.machine_id), n.first
     FROM (SELECT name_key, label, MIN(number) FILTER (WHERE wanted) AS first
           FROM temp.staged_names GROUP BY name_key) AS n
     LEFT JOIN temp.tenant_machines AS t ON ",
    agree!(),
    " AND ",
    onboarded!(),
    " GROUP BY n.name_key"
);

const ROWS: &str = "SELECT r.machine_id, t.name, s.comment, s.source, s.line,
        NULLIF(d.os_platform, ''), NULLIF(d.onboarding_status, ''), NULLIF(d.health_status, ''),
        NULLIF(d.tags, ''), NULLIF(d.device_group, ''), s.skip, s.month_at, s.day_at, s.wanted
    FROM temp.staged_names AS s
    CROSS JOIN temp.resolved_names AS r ON r.name_key = s.name_key AND r.fits = 1
    CROSS JOIN temp.tenant_machines AS t ON t.machine_id = r.machine_id
    LEFT JOIN temp.staged_devices AS d ON d.number = s.device
    ORDER BY s.number";

const UNRESOLVED: &str = concat!(
    "SELECT r.name_key, s.name, s.source, s.line,
         CASE r.fits WHEN 0 THEN 'name_not_found' ELSE 'name_ambiguous' END,
         CASE r.fits WHEN 0 THEN (SELECT COUNT(*) FROM temp.tenant_machines AS t
              JOIN temp.resolved_names AS n ON n.name_key = r.name_key WHERE ",
    agree!(),
    ") ELSE r.fits END
     FROM temp.resolved_names AS r JOIN temp.staged_names AS s ON s.number = r.first
     WHERE r.fits <> 1 ORDER BY r.first"
);

const FITS: &str = concat!(
    "SELECT t.machine_id, t.name, t.onboarding_status, t.health_status, t.last_seen, t.merged_into
     FROM temp.resolved_names AS n CROSS JOIN temp.tenant_machines AS t
     WHERE n.name_key = ?1 AND ",
    agree!(),
    " AND (?2 = 'name_not_found' OR ",
    onboarded!(),
    ") ORDER BY t.last_seen DESC, t.machine_id LIMIT ?3"
);

/// A row whose machine is known, and whether the filters want it.
fn machine(fields: &mut Fields<'_, '_>) -> rusqlite::Result<(NewMachine, bool)> {
    let (id, name) = (MachineId::from_bytes(fields.take()?), fields.take()?);
    let comment = fields.text_or_none(|text| Comment::parse(text).ok())?;
    let (source, line) = (fields.whole()?, fields.whole()?);
    let device = Device {
        os_platform: fields.take()?,
        onboarding_status: fields.take()?,
        health_status: fields.take()?,
        tags: fields.take()?,
        group: fields.take()?,
    };
    let skip = fields.text_or_none(Reason::from_word)?;
    let (month, day): (Option<i64>, Option<i64>) = (fields.take()?, fields.take()?);
    let at = month.zip(day).map(|(month, day)| RowTime::from_readings(month, day));
    let wanted = fields.take()?;
    Ok((NewMachine { id, name, comment, source, line, device, skip, at }, wanted))
}

/// A name's key, and what is to be told of it but for the machines that may have it.
fn unresolved(fields: &mut Fields<'_, '_>) -> rusqlite::Result<(String, UnresolvedName)> {
    let (key, name) = (fields.take()?, fields.take()?);
    let (source, line) = (fields.whole()?, fields.whole()?);
    let class = fields.text(Class::from_word)?;
    let (fits, fits_in_all) = (Vec::new(), fields.whole()?);
    Ok((key, UnresolvedName { name, source, line, class, fits, fits_in_all }))
}

fn fit(fields: &mut Fields<'_, '_>) -> rusqlite::Result<NameFit> {
    let id = MachineId::from_bytes(fields.take()?);
    let name = fields.take()?;
    let (onboarding_status, health_status) = (fields.take()?, fields.take()?);
    let last_seen = fields.time_or_none()?;
    let merged: Option<[u8; 20]> = fields.take()?;
    let merged_into = merged.map(MachineId::from_bytes);
    Ok(NameFit { id, name, onboarding_status, health_status, last_seen, merged_into })
}
