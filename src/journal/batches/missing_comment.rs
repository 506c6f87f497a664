//! What a staged list lacks.

use crate::domain::Comment;
use crate::journal::sql::column::Fields;
use crate::journal::{Journal, JournalError};

impl Journal {
    /// Where the first machine without a comment of its own is: the index of its file and the
    /// line in it. None where each has one, or `comment` becomes the batch's.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn first_without_comment(
        &self,
        comment: Option<&Comment>,
    ) -> Result<Option<(u16, u64)>, JournalError> {
        if comment.is_some() {
            return Ok(None);
        }
        let sql = "SELECT source, line FROM temp.staged WHERE comment IS NULL
                   ORDER BY number LIMIT 1";
        let mut statement = self.db().prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let mut fields = Fields::of(row);
        Ok(Some((fields.take()?, fields.whole()?)))
    }
}
