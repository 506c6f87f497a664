//! What batches the journal has.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::text::in_line;
use crate::domain::{End, State};
use crate::journal::{Batch, Journal};
use crate::reporter::{
    CountsShape, Sent, Side, Zone, ascii_json, lined_up, sources_line, thousands,
};

use super::ReportError;
use super::shapes::BatchShape;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchList(pub(super) Vec<ListedBatch>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedBatch {
    /// The journal's path, in a list of several.
    journal: Option<String>,
    pub(super) batch: Batch,
}

/// Reads the batches of a journal.
///
/// # Errors
/// Where the journal cannot be read.
pub fn batch_list(journal: &Journal) -> Result<BatchList, ReportError> {
    let listed = |batch| ListedBatch { journal: None, batch };
    Ok(BatchList(journal.batches()?.into_iter().map(listed).collect()))
}

impl BatchList {
    /// Adds the batches of another journal, called `name`.
    ///
    /// # Errors
    /// Where that one cannot be read.
    pub fn add(&mut self, name: &str, journal: &Journal) -> Result<(), ReportError> {
        let listed = |batch| ListedBatch { journal: Some(name.to_owned()), batch };
        self.0.extend(journal.batches()?.into_iter().map(listed));
        Ok(())
    }

    /// The `batch` objects of the other documents, each with its counts, on one line.
    pub fn to_json(&self) -> String {
        ascii_json(&self.0.iter().map(ListedShape::from).collect::<Vec<_>>())
    }

    /// A table; a sentence where there are none. Ends with a line end.
    pub fn to_prose(&self, zone: &Zone) -> String {
        let Some(last) = self.0.last() else {
            return "This journal has no batches.\n".to_owned();
        };
        let open = Unanswered::of(&self.0);
        let mut head = head(open).map(str::to_owned).collect::<Vec<_>>();
        head[1] = format!("{} ({})", head[1], zone.name(last.batch.created_at));
        let mut sides = vec![Side::Right; head.len()];
        for words in [1, 2, head.len() - 1] {
            sides[words] = Side::Left;
        }
        let mut rows = vec![head];
        rows.extend(self.0.iter().map(|listed| row(&listed.batch, open, zone)));
        if self.0.iter().any(|listed| listed.journal.is_some()) {
            let names = self.0.iter().map(|listed| listed.journal.clone().unwrap_or_default());
            let names = std::iter::once("journal".to_owned()).chain(names);
            rows.iter_mut().zip(names).for_each(|(row, name)| row.insert(0, name));
            sides.insert(0, Side::Left);
        }
        lined_up(&rows, &sides, 0, 2).join("\n") + "\n"
    }
}

/// Whether requests without an answer have a column: they are not counted as sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    Told,
    None,
}

impl Unanswered {
    /// Where one of the batches has some, they are told.
    pub(super) fn of(batches: &[ListedBatch]) -> Self {
        let is_open = |listed: &ListedBatch| listed.batch.counts.of(State::Sending) > 0;
        if batches.iter().any(is_open) { Self::Told } else { Self::None }
    }
}

/// What the columns are called.
pub(super) fn head(open: Unanswered) -> impl Iterator<Item = &'static str> {
    let no_answer = (open == Unanswered::Told).then_some("no answer");
    let before = ["batch", "created", "list", "sent"].into_iter();
    before.chain(no_answer).chain(["succeeded", "pending", "unsuccessful", "status"])
}

/// The cells of a batch, in the order of [`head`].
pub(super) fn row(batch: &Batch, open: Unanswered, zone: &Zone) -> Vec<String> {
    let Sent { sent, of } = Sent::from(&batch.counts);
    let machines = |state| thousands(batch.counts.of(state));
    let mut cells = vec![batch.id.to_string(), zone.full(batch.created_at), source(batch)];
    cells.push(format!("{}/{}", thousands(sent), thousands(of)));
    cells.extend((open == Unanswered::Told).then(|| machines(State::Sending)));
    cells.extend([State::Succeeded, State::Pending].map(machines));
    cells.extend([thousands(batch.counts.unsuccessful()), progress(batch)]);
    cells
}

/// The files, and which of their rows were wanted.
fn source(batch: &Batch) -> String {
    let files = sources_line(&batch.sources);
    match batch.filters.as_slice() {
        [] => files,
        filters => {
            let conditions: Vec<&str> = filters.iter().map(|f| f.condition.as_str()).collect();
            format!("{files} where {}", in_line(&conditions.join(", ")))
        }
    }
}

/// How far the batch is, in a word.
pub(super) fn progress(batch: &Batch) -> String {
    let counts = &batch.counts;
    let word = if counts.to_send_or_look_up() > 0 {
        match batch.end {
            None | Some(End::Settled | End::Pending) => "unfinished",
            Some(end) => end.word(),
        }
    } else if counts.of(State::Held) > 0 {
        "held"
    } else if counts.of(State::Pending) > 0 {
        "pending"
    } else {
        "settled"
    };
    let simulated = if batch.tenant.is_simulated() { ", SIMULATION" } else { "" };
    format!("{word}{simulated}")
}

#[derive(JsonSchema, Serialize)]
pub(super) struct ListedShape<'a> {
    /// The path of its journal, in a list of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<&'a str>,
    #[serde(flatten)]
    batch: BatchShape<'a>,
    total: u64,
    counts: CountsShape,
}

impl<'a> From<&'a ListedBatch> for ListedShape<'a> {
    fn from(ListedBatch { journal, batch }: &'a ListedBatch) -> Self {
        Self {
            journal: journal.as_deref(),
            batch: BatchShape::from(batch),
            total: batch.total,
            counts: CountsShape(batch.counts),
        }
    }
}
