//! What a run promises, asked of the tables and of the stored facts.
//!
//! Called by `check`. The fold of `domain` is deliberately not used here, nor is the reading of
//! facts: the words are here a second time, so that a mistake in either shows.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use crate::journal::JournalError;

use super::finding::Finding;

/// One question, and the name under which it is told.
type Ask = fn(&Connection, &'static str) -> Result<Finding, JournalError>;

pub(super) const ALL: [(&str, Ask); 7] = [
    ("attempts", attempts),
    ("settled", settled),
    ("states", states),
    ("actions", actions),
    ("counts", counts),
    ("places", places),
    ("references", references),
];

/// How many offend, and which one is the first.
#[derive(Default)]
struct Offenders {
    number: u64,
    first: Option<String>,
}

impl Offenders {
    fn add(&mut self, who: impl FnOnce() -> String) {
        self.number += 1;
        if self.first.is_none() {
            self.first = Some(who());
        }
    }

    fn finding(self, name: &'static str, otherwise: &str) -> Finding {
        match self.first {
            None => Finding::good(name, otherwise.to_owned()),
            Some(first) => Finding::bad(name, format!("{} wrong; {first}", self.number)),
        }
    }
}

/// All facts about machines, machine by machine and in order: by the index, without sorting.
pub(super) const FACTS: &str =
    "SELECT f.batch, f.number, f.kind, json_extract(f.content, '$.status')
     FROM facts AS f INDEXED BY facts_of_machine
     WHERE f.number IS NOT NULL ORDER BY f.batch, f.number, f.id";

/// A stored fact, as far as it matters here.
struct Told<'row> {
    machine: (i64, i64),
    kind: &'row str,
    status: Option<&'row str>,
}

fn each_fact(db: &Connection, mut visit: impl FnMut(&Told<'_>)) -> Result<(), JournalError> {
    let mut statement = db.prepare_cached(FACTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        let status = row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        visit(&Told { machine: (row.get(0)?, row.get(1)?), kind, status });
    }
    Ok(())
}

fn named((batch, number): (i64, i64)) -> String {
    format!("machine {number} of batch {batch}")
}

/// At most one attempt of a machine is open at any time: what was sent is answered, refused, found
/// or released by a person before it is sent again.
fn attempts(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    const CLOSES: [&str; 6] =
        ["accepted", "rejected", "retrying", "released", "requeued", "skipped"];
    let mut offenders = Offenders::default();
    let mut open = None;
    each_fact(db, |fact| {
        if fact.kind == "sending" {
            if open == Some(fact.machine) {
                offenders.add(|| format!("{} was sent while it was open", named(fact.machine)));
            }
            open = Some(fact.machine);
        } else if CLOSES.contains(&fact.kind) {
            open = None;
        }
    })?;
    Ok(offenders.finding(name, "no machine was ever sent while a request for it was open"))
}

/// What is settled changes by being queued again only, and what was offboarded never.
fn settled(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    const SETTLES: [&str; 3] = ["rejected", "skipped", "action_ended"];
    let mut offenders = Offenders::default();
    let mut over = None;
    each_fact(db, |fact| {
        if let Some((machine, offboarded)) = over
            && machine == fact.machine
            && (offboarded || fact.kind != "requeued")
        {
            offenders.add(|| format!("{} was settled, then {}", named(machine), fact.kind));
        }
        over =
            SETTLES.contains(&fact.kind).then(|| (fact.machine, fact.status == Some("Succeeded")));
    })?;
    Ok(offenders.finding(name, "nothing changed after it was settled, except by queueing it again"))
}

/// A machine is in the state of its last fact.
fn states(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    let sql = "
        SELECT batch, number, state, expected FROM (
            SELECT m.batch, m.number, m.state, COALESCE((
                SELECT CASE f.kind
                    WHEN 'sending' THEN 'sending'
                    WHEN 'uncertain' THEN 'uncertain' WHEN 'missing' THEN 'uncertain'
                    WHEN 'held' THEN 'held'
                    WHEN 'accepted' THEN 'pending' WHEN 'action_updated' THEN 'pending'
                    WHEN 'cancel_asked' THEN 'pending' WHEN 'cancel_refused' THEN 'pending'
                    WHEN 'cancel_failed' THEN 'pending'
                    WHEN 'rejected' THEN 'rejected' WHEN 'skipped' THEN 'skipped'
                    WHEN 'action_ended' THEN CASE json_extract(f.content, '$.status')
                        WHEN 'Succeeded' THEN 'succeeded' WHEN 'Failed' THEN 'failed'
                        WHEN 'TimeOut' THEN 'timed_out' WHEN 'Cancelled' THEN 'cancelled'
                        ELSE '?' END
                    WHEN 'retrying' THEN 'queued' WHEN 'released' THEN 'queued'
                    WHEN 'requeued' THEN 'queued'
                    ELSE '?' END
                FROM facts AS f INDEXED BY facts_of_machine
                WHERE f.batch = m.batch AND f.number = m.number ORDER BY f.id DESC LIMIT 1
            ), 'queued') AS expected FROM machines AS m)
        WHERE state <> expected ORDER BY batch, number";
    ask(db, name, sql, "every machine is in the state of its last fact", |row| {
        let (state, expected) = (row.get::<_, String>(2)?, row.get::<_, String>(3)?);
        Ok(format!("{} is {state}, not {expected}", named((row.get(0)?, row.get(1)?))))
    })
}

/// What was accepted has an action, and the action is known as this machine's.
fn actions(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    let sql = "
        SELECT m.batch, m.number, m.state FROM machines AS m
        WHERE m.state IN ('pending', 'succeeded', 'failed', 'timed_out', 'cancelled')
            AND NOT EXISTS (SELECT 1 FROM actions AS a WHERE a.action_id = m.action_id)
        UNION ALL
        SELECT a.batch, a.number, a.action_id FROM actions AS a
        WHERE NOT EXISTS (SELECT 1 FROM facts AS f INDEXED BY facts_of_machine
            WHERE f.batch = a.batch AND f.number = a.number AND f.kind = 'accepted'
                AND json_extract(f.content, '$.action') = a.action_id)";
    ask(db, name, sql, "every machine that was accepted has an action, and no other has", |row| {
        let what: String = row.get(2)?;
        let machine = named((row.get(0)?, row.get(1)?));
        Ok(format!("{machine}, {what}: its action is missing, or another machine's"))
    })
}

/// The states add up to the input.
fn counts(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    let mut offenders = Offenders::default();
    let mut seen: HashMap<i64, i64> = HashMap::new();
    // A row a state and batch, however many machines there are.
    let sql = "
        SELECT batch, state, SUM(seen), SUM(counted) FROM (
            SELECT batch, state, COUNT(*) AS seen, 0 AS counted FROM machines
                GROUP BY batch, state
            UNION ALL SELECT batch, state, 0, machines FROM counts)
        GROUP BY batch, state ORDER BY batch, state";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (batch, state): (i64, String) = (row.get(0)?, row.get(1)?);
        let (machines, counted): (i64, i64) = (row.get(2)?, row.get(3)?);
        *seen.entry(batch).or_default() += machines;
        if machines != counted {
            offenders.add(|| {
                format!("batch {batch} has {machines} machines {state}, and counts {counted}")
            });
        }
    }
    let sql = "
        SELECT b.id, b.total, (SELECT json_extract(f.content, '$.machines') FROM facts AS f
            INDEXED BY facts_of_machine
            WHERE f.batch = b.id AND f.number IS NULL AND f.kind = 'created')
        FROM batches AS b ORDER BY b.id";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (batch, total): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (machines, made_of) = (seen.get(&batch).copied().unwrap_or_default(), row.get(2)?);
        if machines != total || Some(total) != made_of {
            offenders
                .add(|| format!("batch {batch} was made of {total} machines, and has {machines}"));
        }
    }
    Ok(offenders.finding(name, "the states add up to the input"))
}

/// Every machine is found by its ID: by it an earlier batch keeps a machine from being sent twice.
fn places(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    let sql = "
        SELECT m.batch, m.number FROM machines AS m
        LEFT JOIN places AS p ON p.machine_id = m.machine_id AND p.batch = m.batch
        WHERE p.number IS NOT m.number
        UNION ALL
        SELECT p.batch, p.number FROM places AS p
        LEFT JOIN machines AS m ON m.batch = p.batch AND m.number = p.number
        WHERE m.machine_id IS NOT p.machine_id";
    ask(db, name, sql, "every machine is found by its ID", |row| {
        Ok(format!("{} is not found by its ID alone", named((row.get(0)?, row.get(1)?))))
    })
}

/// Every row belongs to a batch that is there, and every batch began with a fact.
fn references(db: &Connection, name: &'static str) -> Result<Finding, JournalError> {
    let sql = "
        SELECT \"table\" FROM pragma_foreign_key_check
        UNION ALL SELECT 'batches' FROM batches AS b WHERE NOT EXISTS
            (SELECT 1 FROM facts AS f INDEXED BY facts_of_machine
             WHERE f.batch = b.id AND f.number IS NULL AND f.kind = 'created')";
    ask(db, name, sql, "every row belongs to a batch that was made here", |row| {
        Ok(format!("`{}` has a row that belongs to nothing", row.get::<_, String>(0)?))
    })
}

/// A query whose rows are offenders.
fn ask(
    db: &Connection,
    name: &'static str,
    sql: &str,
    otherwise: &str,
    who: impl Fn(&Row<'_>) -> rusqlite::Result<String>,
) -> Result<Finding, JournalError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut offenders = Offenders::default();
    while let Some(row) = rows.next()? {
        let said = who(row)?;
        offenders.add(|| said);
    }
    Ok(offenders.finding(name, otherwise))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;

    #[test]
    fn facts_are_walked_by_an_index_without_sorting() {
        let journal = Journal::in_memory().unwrap();
        let mut statement = journal.db().prepare(&format!("EXPLAIN QUERY PLAN {FACTS}")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let plan: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
        assert!(plan[0].contains("facts_of_machine"), "{plan:?}");
        assert!(!plan.iter().any(|step| step.contains("B-TREE")), "{plan:?}");
    }
}
