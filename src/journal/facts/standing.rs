//! A machine's standing as columns, both ways.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::{
    ActionId, ActionStatus, BatchId, Detail, MachineNumber, Reason, Standing, State, Timestamp,
};
use crate::journal::JournalError;
use crate::journal::sql::column::Fields;

/// The columns of a standing, in the order in which [`read`] takes them.
macro_rules! columns {
    () => {
        "m.state, m.attempts, m.attempts_counted, m.absences, m.resends, m.misses, m.not_before,
         m.first_sent_at, m.sent_at, m.settled_at, m.action_id, m.action_status,
         m.action_created_at, m.adopted, m.cancel_asked, m.reason, m.http_status, m.code, m.message"
    };
}
pub(in crate::journal) use columns;

/// Reads the columns of `columns!`.
pub(in crate::journal) fn read(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Standing> {
    Ok(Standing {
        state: fields.text(State::from_word)?,
        attempts: fields.whole()?,
        attempts_counted: fields.whole()?,
        absences: fields.whole()?,
        resends: fields.whole()?,
        misses: fields.whole()?,
        not_before: fields.time_or_none()?,
        first_sent_at: fields.time_or_none()?,
        sent_at: fields.time_or_none()?,
        settled_at: fields.time_or_none()?,
        action: fields.text_or_none(|id| ActionId::parse(id).ok())?,
        action_status: fields.text_or_none(|word| Some(ActionStatus::from_word(word)))?,
        action_created_at: fields.time_or_none()?,
        adopted: fields.take()?,
        cancel_asked: fields.take()?,
        reason: fields.text_or_none(Reason::from_word)?,
        detail: read_detail(fields)?,
    })
}

fn read_detail(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Option<Detail>> {
    let (http_status, code) = (fields.take()?, fields.take()?);
    let message: Option<String> = fields.take()?;
    Ok(message.map(|message| Detail { http_status, code, message }))
}

/// The state of a machine and what belongs to it; a machine that is not there is an error.
pub(super) fn of(
    db: &Connection,
    batch: BatchId,
    number: MachineNumber,
) -> Result<Standing, JournalError> {
    let sql =
        concat!("SELECT ", columns!(), " FROM machines AS m WHERE m.batch = ?1 AND m.number = ?2");
    let mut statement = db.prepare_cached(sql)?;
    let standing =
        statement.query_row(params![batch.0, number.0], |row| read(&mut Fields::of(row)));
    standing
        .optional()?
        .ok_or_else(|| JournalError::damaged(format!("batch {batch} has no machine {}", number.0)))
}

pub(super) fn write(
    db: &Connection,
    batch: BatchId,
    number: MachineNumber,
    standing: &Standing,
) -> Result<(), JournalError> {
    let sql = "UPDATE machines SET state = ?3, attempts = ?4, attempts_counted = ?5, absences = ?6,
                   resends = ?7, misses = ?8, not_before = ?9, first_sent_at = ?10, sent_at = ?11,
                   settled_at = ?12, action_id = ?13, action_status = ?14, action_created_at = ?15,
                   adopted = ?16, cancel_asked = ?17, reason = ?18, http_status = ?19, code = ?20,
                   message = ?21
               WHERE batch = ?1 AND number = ?2";
    let micros = |time: Option<Timestamp>| time.map(Timestamp::as_micros);
    let detail = standing.detail.as_ref();
    db.prepare_cached(sql)?.execute(params![
        batch.0,
        number.0,
        standing.state.word(),
        standing.attempts,
        standing.attempts_counted,
        standing.absences,
        standing.resends,
        standing.misses,
        micros(standing.not_before),
        micros(standing.first_sent_at),
        micros(standing.sent_at),
        micros(standing.settled_at),
        standing.action.as_ref().map(ActionId::as_str),
        standing.action_status.as_ref().map(ActionStatus::word),
        micros(standing.action_created_at),
        standing.adopted,
        standing.cancel_asked,
        standing.reason.map(Reason::word),
        detail.and_then(|detail| detail.http_status),
        detail.and_then(|detail| detail.code.as_deref()),
        detail.map(|detail| detail.message.as_str()),
    ])?;
    Ok(())
}
