//! What is done with the records of any kind of file: the first one tells the columns, the others
//! are weighed and visited.

use super::lead::{Evidence, Lead, lead};
use super::{IntakeError, Position, ReadFailure, Record, RowKey, Shape, Summary, Wanted};
use crate::domain::text::plural;
use crate::intake::columns::header::Columns;
use crate::intake::filter::condition::Condition;
use crate::intake::record::cells::{Cells, Outline};
use crate::intake::row_check::{RowVerdict, unwanted, weigh};

/// A file on its way to `visit`, record by record.
pub(super) struct Reading<'w, V> {
    wanted: &'w Wanted,
    /// From the first record on.
    columns: Option<(Position, Columns)>,
    summary: Summary,
    /// The first column with text that is not UTF-8, and rows that have such text.
    damaged: Option<(String, u64)>,
    /// As long as no row was good: what the others show.
    evidence: Option<Evidence>,
    /// Why the first record is no header. The reading goes on a little, for what leads on.
    lost: Option<IntakeError>,
    visit: V,
}

impl<'w, E, V: FnMut(Record) -> Result<(), E>> Reading<'w, V> {
    pub(super) fn new(wanted: &'w Wanted, visit: V) -> Self {
        let (summary, damaged, evidence, lost) = (Summary::default(), None, None, None);
        Self { wanted, columns: None, summary, damaged, evidence, lost, visit }
    }

    pub(super) const fn wanted(&self) -> &'w Wanted {
        self.wanted
    }

    pub(super) fn blank(&mut self) {
        self.summary.blank_lines += 1;
    }

    pub(super) fn take(&mut self, outline: Outline, cells: &Cells) -> Result<(), ReadFailure<E>> {
        if let (Some(_), Some(evidence)) = (&self.lost, &mut self.evidence) {
            evidence.add(outline.place, &cells.texts);
            let is_enough = evidence.is_enough();
            return match is_enough.then(|| self.lost()).flatten() {
                Some(error) => Err(error.into()),
                None => Ok(()),
            };
        }
        let (_, columns) = match &mut self.columns {
            Some(columns) => columns,
            None => {
                self.evidence = Some(Evidence::below(&cells.texts));
                let columns = match Columns::read(outline, &cells.texts, self.wanted) {
                    Err(error) if error.may_lead_on() => {
                        self.lost = Some(error);
                        return Ok(());
                    }
                    read => read?,
                };
                let plain_list = columns.plain_list;
                if columns.kind == RowKey::Name {
                    // What leads on to IDs is no help to names.
                    self.evidence = None;
                }
                let known = self.columns.insert((outline.place, columns));
                if !plain_list {
                    note_damage(&mut self.damaged, &known.1, cells);
                    return Ok(());
                }
                known
            }
        };
        let record = match weigh(columns, outline, cells) {
            RowVerdict::Blank => {
                self.summary.blank_lines += 1;
                return Ok(());
            }
            RowVerdict::NotWanted => {
                self.summary.not_wanted += 1;
                let told = self.wanted.unwanted_too;
                match told.then(|| unwanted(columns, outline, &cells.texts)).flatten() {
                    Some(record) => record,
                    None => return Ok(()),
                }
            }
            RowVerdict::HasId => {
                return Err(IntakeError::IdsByName { place: outline.place }.into());
            }
            RowVerdict::Row { record, key_was_trimmed } => {
                note_damage(&mut self.damaged, columns, cells);
                self.evidence = None;
                self.summary.rows += 1;
                self.summary.trimmed += u64::from(key_was_trimmed);
                record
            }
            RowVerdict::Reject(reject) => {
                if let Some(evidence) = &mut self.evidence {
                    evidence.add(outline.place, &cells.texts);
                }
                self.summary.rejects += 1;
                Record::Reject(reject)
            }
        };
        (self.visit)(record).map_err(ReadFailure::Visitor)
    }

    /// Where the file cannot be read on: what was wrong before that counts more.
    /// `header` is where one seems to be.
    pub(super) fn cut_short(
        &mut self,
        error: IntakeError,
        header: Option<Position>,
    ) -> IntakeError {
        match (self.lost(), header) {
            (Some(lost), Some(header)) => lost.below_titles(header),
            (Some(lost), None) => lost,
            (None, _) => error,
        }
    }

    /// Why the first record is no header, with what was seen since.
    fn lost(&mut self) -> Option<IntakeError> {
        let error = self.lost.take()?;
        let evidence = self.evidence.take()?;
        // Keys are no entry.
        let is_keys = matches!(error, IntakeError::NoIdColumn { place: Position::Entry(_), .. });
        let evidence = if is_keys { evidence } else { evidence.with_first_record() };
        let lead = lead(&evidence, None);
        Some(match lead {
            Some(Lead::TitleRows { header }) => error.below_titles(header),
            Some(Lead::Lengths) => error.of_lengths(),
            Some(Lead::Hint(hint)) => error.with_hint(hint),
            None => error,
        })
    }

    /// After the last record: how the file was read and what it held. What only the kind of file
    /// knows of its shape is left to the caller.
    pub(super) fn end(mut self) -> Result<(Shape, Summary), IntakeError> {
        if let Some(error) = self.lost() {
            return Err(error);
        }
        let Some((place, mut columns)) = self.columns else { return Err(IntakeError::Empty) };
        let mut summary = self.summary;
        if let Some(Lead::Hint(hint)) =
            self.evidence.and_then(|evidence| lead(&evidence, Some(columns.key)))
        {
            summary.hint = Some(hint);
        }
        if summary.rows + summary.rejects + summary.not_wanted == 0 {
            return Err(IntakeError::OnlyHeader { place });
        }
        if let Some((column, rows)) = self.damaged {
            let noun = plural(rows, "row", "rows");
            summary.notes.push(format!(
                "text that is not UTF-8 in {rows} {noun}, first in column `{column}`, is shown \
                 with \u{fffd}; if Excel saved it: --encoding windows-1252"
            ));
        }
        let conditions = std::mem::take(&mut columns.conditions);
        summary.exclusions = conditions.into_iter().flat_map(Condition::exclusions).collect();
        Ok((columns.into_shape(), summary))
    }
}

fn note_damage(damaged: &mut Option<(String, u64)>, columns: &Columns, cells: &Cells) {
    if let Some(first) = cells.damaged.first() {
        damaged.get_or_insert_with(|| (columns.label(first.cell), 0)).1 += 1;
    }
}
