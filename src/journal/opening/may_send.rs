//! Whether a journal may send: not where it goes on in a copy, nor in a copy before that.
//!
//! Called by `open` for each runner. Deliberately absent: handing over (`succession`).

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::journal::file::Location;
use crate::journal::hand_over::{self, HandOver, Role};
use crate::journal::sql::connection::connect_to_file_alone;
use crate::journal::{Journal, JournalError};

/// Lets a copy send, in the file itself.
pub(super) fn allow(copy: &Path) -> Result<(), JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    hand_over::clear(&Connection::open_with_flags(copy, flags)?)
}

/// Does the third step again, where the first two were done and the process died then; whether it
/// was this that was missing.
///
/// # Errors
/// [`JournalError`] where one of the files cannot be read or written.
pub fn finish_hand_over(original: &Path, copy: &Path) -> Result<bool, JournalError> {
    let copy = Location::find(copy)?;
    let row = connect_to_file_alone(&copy).and_then(|db| hand_over::read(&db));
    let Ok(Some(row)) = row else { return Ok(false) };
    if row.role != Role::Pending || !has_handed_over(original, &row) {
        return Ok(false);
    }
    allow(copy.real()).map(|()| true)
}

/// Whether the original says that it goes on in this copy.
fn has_handed_over(original: &Path, pending: &HandOver) -> bool {
    let row = Journal::open_reader(original).and_then(|journal| hand_over::read(journal.db()));
    let handed_over = |row: &HandOver| row.role == Role::HandedOver && row.token == pending.token;
    row.is_ok_and(|row| row.as_ref().is_some_and(handed_over))
}

/// Whether a runner may have the journal: what it sends must be sent by nobody else.
pub(super) fn check_may_send(db: &Connection, location: &Location) -> Result<(), JournalError> {
    if is_cleared(db, location)? { Ok(()) } else { hand_over::clear(db) }
}

/// The same for a plan, which leaves the file as it is.
pub(super) fn check_may_plan(db: &Connection, location: &Location) -> Result<(), JournalError> {
    is_cleared(db, location).map(|_| ())
}

/// Whether nothing is left to say that another one might send.
fn is_cleared(db: &Connection, location: &Location) -> Result<bool, JournalError> {
    let Some(row) = hand_over::read(db)? else { return Ok(true) };
    match row.role {
        Role::Copy => Ok(false),
        Role::Pending if has_handed_over(Path::new(&row.other), &row) => Ok(false),
        Role::Pending | Role::HandedOver => Err(row.refusal(location.named().to_owned())),
    }
}
