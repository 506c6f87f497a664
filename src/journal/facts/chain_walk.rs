//! The chain computed again, from the first fact to the last, and what does not fit.
//!
//! Each fact is compared with the stored hash of the one before it: so all that was changed is
//! found, not the first of it alone. Nothing that may be in a row stops the walk. Deliberately
//! absent: what a hash is made of (`chain`).

use std::ops::ControlFlow;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::{BatchId, MachineId, MachineNumber, Timestamp, hex};
use crate::journal::{ChainBreak, ChainHead, JournalError};

use super::chain::{self, ChainLink};

/// A fact as it is stored, and its hash.
pub(super) struct StoredLink<'row> {
    pub(super) link: ChainLink<'row>,
    pub(super) hash: [u8; 32],
}

/// One step of the walk.
pub(super) enum ChainStep<'row> {
    Fits(&'row StoredLink<'row>),
    Breaks(ChainBreak),
}

/// Computes the chain again. An error names the first fact that does not fit.
pub(in crate::journal) fn verify(db: &Connection) -> Result<ChainHead, JournalError> {
    let mut found = None;
    let mut head = ChainHead { rows: 0, hash: [0; 32] };
    walk(db, |step| match step {
        ChainStep::Fits(StoredLink { link, hash }) => {
            head = ChainHead { rows: link.id, hash: *hash };
            Ok(ControlFlow::Continue(()))
        }
        ChainStep::Breaks(broken) => {
            found = Some(broken);
            Ok(ControlFlow::Break(()))
        }
    })?;
    match found {
        None => Ok(head),
        Some(found) => Err(JournalError::ChainBroken { found }),
    }
}

/// What a whole walk came to.
#[derive(Debug, Default)]
pub(in crate::journal) struct Seen {
    pub(in crate::journal) facts: u64,
    /// The hash of the last fact; zeros where there is none.
    pub(in crate::journal) hash: [u8; 32],
    /// How many facts do not fit or are missing, and the first of these.
    pub(in crate::journal) breaks: u64,
    pub(in crate::journal) first: Option<ChainBreak>,
    /// After how many facts the hash that was looked for is the head.
    pub(in crate::journal) noted_at: Option<u64>,
}

/// Walks to the end, also past faults, and looks for a head of which these first digits were noted.
pub(in crate::journal) fn look(db: &Connection, noted: Option<&str>) -> Result<Seen, JournalError> {
    let mut seen = Seen::default();
    let is_noted =
        |hash: &[u8; 32]| noted.is_some_and(|digits| hex::encode(hash).starts_with(digits));
    seen.noted_at = is_noted(&seen.hash).then_some(0);
    walk(db, |step| {
        match step {
            ChainStep::Fits(StoredLink { link, hash }) => {
                (seen.facts, seen.hash) = (link.id, *hash);
                if is_noted(hash) {
                    seen.noted_at = Some(link.id);
                }
            }
            ChainStep::Breaks(broken) => {
                seen.breaks += broken.last.abs_diff(broken.first) + 1;
                seen.first.get_or_insert(broken);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(seen)
}

/// Visits all facts in their order, and what does not fit where it was found.
pub(super) fn walk(
    db: &Connection,
    mut visit: impl FnMut(ChainStep<'_>) -> Result<ControlFlow<()>, JournalError>,
) -> Result<(), JournalError> {
    let first_tagged = chain::first_tagged(db)?;
    let sql = "SELECT id, batch, number, at, kind, content, hash FROM facts ORDER BY id";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut expected: i64 = 1;
    // None: the one before is missing, so that nothing can be said of this one.
    let mut previous = Some([0; 32]);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if id > expected {
            let broken = missing(expected, id - 1, place_of(db, row));
            if visit(ChainStep::Breaks(broken))?.is_break() {
                return Ok(());
            }
            previous = None;
        }
        let stored = read(row);
        let hash = stored.as_ref().map_or_else(|| hash_of(row), |stored| Some(stored.hash));
        let fits = id >= expected
            && stored.as_ref().is_some_and(|stored| {
                previous
                    .is_none_or(|previous| stored.link.hash(&previous, first_tagged) == stored.hash)
            });
        let step = match &stored {
            Some(stored) if fits => ChainStep::Fits(stored),
            _ => {
                let broken = missing(id, id, place_of(db, row));
                ChainStep::Breaks(ChainBreak { missing: false, ..broken })
            }
        };
        if visit(step)?.is_break() {
            return Ok(());
        }
        // One that was put in before the first takes no place in the chain.
        if id >= expected {
            (expected, previous) = (id + 1, hash);
        }
    }
    // A number that no fact has yet would leave the facts to come in the first form.
    if i64::try_from(first_tagged.0).is_ok_and(|first| first <= expected) {
        return Ok(());
    }
    Err(JournalError::damaged("the form of the audit chain was changed"))
}

fn missing(first: i64, last: i64, place: Place) -> ChainBreak {
    let Place { batch, number, machine, at } = place;
    ChainBreak { first, last, missing: true, batch, number, machine, at }
}

/// Reads `id, batch, number, at, kind, content, hash`; none where that is nothing that was written.
fn read<'row>(row: &'row Row<'_>) -> Option<StoredLink<'row>> {
    let number = match row.get_ref(2).ok()? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => {
            Some(MachineNumber(u32::try_from(number).ok().filter(|number| *number > 0)?))
        }
        _ => return None,
    };
    let link = ChainLink {
        id: u64::try_from(row.get_ref(0).ok()?.as_i64().ok()?).ok()?,
        batch: BatchId(row.get_ref(1).ok()?.as_i64().ok()?),
        number,
        at: Timestamp::from_micros(row.get_ref(3).ok()?.as_i64().ok()?),
        kind: row.get_ref(4).ok()?.as_str().ok()?,
        json: row.get_ref(5).ok()?.as_str().ok()?,
    };
    Some(StoredLink { link, hash: hash_of(row)? })
}

fn hash_of(row: &Row<'_>) -> Option<[u8; 32]> {
    row.get_ref(6).ok()?.as_blob().ok()?.try_into().ok()
}

/// Whose a fact is, as far as it says.
struct Place {
    batch: Option<BatchId>,
    number: Option<MachineNumber>,
    machine: Option<MachineId>,
    at: Option<Timestamp>,
}

fn place_of(db: &Connection, row: &Row<'_>) -> Place {
    let whole = |column| row.get_ref(column).ok().and_then(|value| value.as_i64().ok());
    let batch = whole(1).map(BatchId);
    let number = whole(2).and_then(|number| u32::try_from(number).ok()).map(MachineNumber);
    let machine = batch.zip(number).and_then(|(batch, number)| machine_of(db, batch, number));
    Place { batch, number, machine, at: whole(3).map(Timestamp::from_micros) }
}

fn machine_of(db: &Connection, batch: BatchId, number: MachineNumber) -> Option<MachineId> {
    let sql = "SELECT machine_id FROM machines WHERE batch = ?1 AND number = ?2";
    let found = db.prepare_cached(sql).and_then(|mut statement| {
        statement.query_row(params![batch.0, number.0], |row| row.get(0)).optional()
    });
    found.ok().flatten().map(MachineId::from_bytes)
}
