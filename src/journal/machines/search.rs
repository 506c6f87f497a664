//! Machines of a batch as a person looks for them: by text, by state, sorted, page by page.
//!
//! Two queries: how many there are, and which are on the page. Without a text and with the order of
//! the list both are answered without reading past other machines. Deliberately absent: how a query
//! is written in an address, which is the dashboard's.

use rusqlite::types::Value;
use rusqlite::{Params, params_from_iter};

use crate::domain::{BatchId, MachineNumber, State};
use crate::journal::sql::column::to_signed;
use crate::journal::{Journal, JournalError};

use super::machine::Machine;

/// Machines on a page.
pub const MACHINES_A_PAGE: u64 = 50;

/// What a table of machines can be sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MachineColumn {
    /// The order of the list.
    #[default]
    Number,
    Name,
    Id,
    State,
    Code,
    Attempts,
    SentAt,
    SettledAt,
    Comment,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortDirection {
    #[default]
    Up,
    Down,
}

/// Which machines, in which order, and which page of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MachineQuery {
    /// Part of an ID, a device name, an error code or a comment, in any case; empty: all machines.
    pub text: String,
    /// Only in these states; empty: in any.
    pub states: Vec<State>,
    pub column: MachineColumn,
    pub direction: SortDirection,
    /// From 0. One beyond the end is the last one.
    pub page: u64,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachinePage {
    pub machines: Vec<Machine>,
    /// How many were found on all pages.
    pub total: u64,
    /// Which page it is, from 0.
    pub page: u64,
}

impl MachinePage {
    /// How many pages there are; an empty one counts.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(MACHINES_A_PAGE).max(1)
    }
}

impl Journal {
    /// A page of the machines that a query finds, and how many it finds in all.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn search(
        &self,
        batch: BatchId,
        query: &MachineQuery,
    ) -> Result<MachinePage, JournalError> {
        self.at_one_instant(|journal| {
            let condition = Condition::of(batch, query);
            let total = journal.found(batch, query, &condition)?;
            let page = query.page.min(total.div_ceil(MACHINES_A_PAGE).saturating_sub(1));
            let mut machines = Vec::new();
            for number in journal.on_page(query, condition, page)? {
                machines.extend(journal.machine(batch, number)?);
            }
            Ok(MachinePage { machines, total, page })
        })
    }

    fn found(
        &self,
        batch: BatchId,
        query: &MachineQuery,
        condition: &Condition,
    ) -> Result<u64, JournalError> {
        if query.text.is_empty() {
            // The kept counts: nobody has to count a hundred thousand rows.
            let counts = self.batch(batch)?.map(|batch| batch.counts).unwrap_or_default();
            let states = State::ALL.into_iter();
            let wanted = states.filter(|s| query.states.is_empty() || query.states.contains(s));
            return Ok(wanted.map(|state| counts.of(state)).sum());
        }
        let sql = format!("SELECT COUNT(*) FROM {FROM} WHERE {}", condition.sql);
        let found = self.numbers(&sql, params_from_iter(&condition.values))?;
        Ok(found.first().map_or(0, |count| u64::try_from(*count).unwrap_or(0)))
    }

    fn on_page(
        &self,
        query: &MachineQuery,
        condition: Condition,
        page: u64,
    ) -> Result<Vec<MachineNumber>, JournalError> {
        let Condition { sql, mut values } = condition;
        let order = order(query.column, query.direction);
        values.push(to_signed(MACHINES_A_PAGE).into());
        values.push(to_signed(page * MACHINES_A_PAGE).into());
        let sql =
            format!("SELECT m.number FROM {FROM} WHERE {sql} ORDER BY {order} LIMIT ? OFFSET ?");
        let numbers = self.numbers(&sql, params_from_iter(values))?;
        let number = |number: i64| u32::try_from(number).ok().map(MachineNumber);
        Ok(numbers.into_iter().filter_map(number).collect())
    }

    fn numbers(&self, sql: &str, parameters: impl Params) -> Result<Vec<i64>, JournalError> {
        let mut statement = self.db().prepare_cached(sql)?;
        let rows = statement.query_map(parameters, |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The code that a machine is shown with: what was said to a cancel of what is over is no error.
const CODE: &str = "CASE WHEN m.state IN ('succeeded', 'cancelled') AND m.code NOT GLOB '0x*' \
                    THEN NULL ELSE m.code END";

const COMMENT: &str = "COALESCE(m.comment, b.comment)";

const FROM: &str = "machines AS m CROSS JOIN batches AS b ON b.id = m.batch";

/// A condition on machines `m` of batches `b`, and the values of its parameters. Its text is made
/// of constants alone: what a person typed is a value.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn of(batch: BatchId, query: &MachineQuery) -> Self {
        let mut condition =
            Self { sql: "m.batch = ?".to_owned(), values: vec![Value::from(batch.0)] };
        if !query.states.is_empty() {
            let places = vec!["?"; query.states.len()].join(", ");
            let words = query.states.iter().map(|state| state.word().to_owned().into());
            condition.and(&format!("m.state IN ({places})"), words);
        }
        if !query.text.is_empty() {
            condition.and_text(&query.text);
        }
        condition
    }

    fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql += " AND ";
        self.sql += sql;
        self.values.extend(values);
    }

    /// `LIKE` knows the two cases of ASCII; other letters are looked for as they were typed, in
    /// capitals and in small letters.
    fn and_text(&mut self, text: &str) {
        let mut variants = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase()];
        if text.is_ascii() {
            variants.truncate(1);
        }
        variants.dedup();
        let mut places = Vec::new();
        let mut values = Vec::new();
        for variant in variants {
            let pattern = format!("%{}%", escaped_for_like(&variant));
            for place in ["m.name", CODE, COMMENT] {
                places.push(format!("{place} LIKE ? ESCAPE '\\'"));
                values.push(Value::from(pattern.clone()));
            }
        }
        // Of an ID at most all of its digits can match.
        if text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            places.push("hex(m.machine_id) LIKE ?".to_owned());
            values.push(Value::from(format!("%{text}%")));
        }
        self.and(&format!("({})", places.join(" OR ")), values);
    }
}

/// A text in which a `LIKE` with a backslash as its escape has no wildcard.
fn escaped_for_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What has no value is last either way; machines that are alike stay in the order of the list.
fn order(column: MachineColumn, direction: SortDirection) -> String {
    let direction = match direction {
        SortDirection::Up => "ASC",
        SortDirection::Down => "DESC",
    };
    let text = |by: &str| format!("{by} COLLATE NOCASE {direction} NULLS LAST, m.number");
    let value = |by: &str| format!("{by} {direction} NULLS LAST, m.number");
    match column {
        // By the key itself: nothing has to be sorted.
        MachineColumn::Number => format!("m.number {direction}"),
        MachineColumn::Name => text("m.name"),
        MachineColumn::Code => text(CODE),
        MachineColumn::Comment => text(COMMENT),
        MachineColumn::Id => value("m.machine_id"),
        MachineColumn::State => value("m.state"),
        MachineColumn::Attempts => value("m.attempts"),
        MachineColumn::SentAt => value("m.sent_at"),
        MachineColumn::SettledAt => value("m.settled_at"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_in_its_own_order_is_read_without_sorting() {
        let journal = Journal::in_memory().unwrap();
        for direction in [SortDirection::Up, SortDirection::Down] {
            let order = order(MachineColumn::Number, direction);
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT m.number FROM {FROM} WHERE m.batch = 1
                 ORDER BY {order} LIMIT 50"
            );
            let mut statement = journal.db().prepare(&sql).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
            let plan: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
            assert!(!plan.iter().any(|step| step.contains("B-TREE")), "{plan:?}");
        }
    }
}
