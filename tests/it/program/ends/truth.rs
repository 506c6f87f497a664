//! The truth about a batch: its rows, by an SQL of its own, and what reached the server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// The truth: how many machines are in which state, and what is known of them.
pub(super) struct Rows {
    pub(super) states: BTreeMap<String, u64>,
    /// Machines that are queued although their last request got no answer.
    pub(super) queued_in_doubt: u64,
    /// Whether actions were read after the last request.
    pub(super) asked: bool,
    /// Machines whose request reached the server, by its own count.
    pub(super) reached: u64,
    /// How the batch ended, in the journal's word.
    pub(super) ended: Option<String>,
    /// Whether the last command was `track`, of a batch that is not sent to its end: it has an end
    /// of its own.
    pub(super) is_tracked: bool,
    /// Whether somebody runs it; as long as nothing else is said, nobody does.
    pub(super) runs: bool,
}

impl Rows {
    pub(super) fn of(journal: &Path, reached: &BTreeSet<u32>) -> Self {
        // A copy: a reader that is not ours would fold the log away.
        let copy = tempfile::tempdir().unwrap();
        for ending in ["", "-wal"] {
            let name = format!("journal.db{ending}");
            let from = journal.with_file_name(&name);
            if from.exists() {
                std::fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let db = Connection::open_with_flags(copy.path().join("journal.db"), flags).unwrap();
        let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap().into();
        let mut statement =
            db.prepare("SELECT state, COUNT(*) FROM machines GROUP BY state").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?.into())));
        let states = rows.unwrap().map(Result::unwrap).collect();
        let last = "SELECT kind FROM facts AS f WHERE f.batch = m.batch AND f.number = m.number
                    ORDER BY id DESC LIMIT 1";
        let doubts = format!(
            "SELECT COUNT(*) FROM machines AS m
             WHERE state = 'queued' AND ({last}) IN ('sending', 'uncertain')"
        );
        Self {
            states,
            queued_in_doubt: number(&doubts),
            asked: number(
                "SELECT EXISTS (SELECT 1 FROM calls, batches WHERE limit_group = 'reads'
                     AND receipt_at IS NOT NULL AND sent_at > last_sent_at)
                 AND NOT EXISTS (SELECT 1 FROM (SELECT content FROM facts WHERE kind = 'ended'
                     ORDER BY id DESC LIMIT 1) WHERE content ->> 'why' IS NOT NULL)",
            ) == 1_u64,
            reached: reached.len() as u64,
            ended: db.query_row("SELECT ended FROM batches", [], |row| row.get(0)).unwrap(),
            is_tracked: false,
            runs: false,
        }
    }

    pub(super) fn of_state(&self, state: &str) -> u64 {
        self.states.get(state).copied().unwrap_or(0)
    }

    pub(super) fn all(&self, states: &[&str]) -> u64 {
        states.iter().map(|state| self.of_state(state)).sum()
    }

    pub(super) fn left(&self) -> u64 {
        self.all(&["queued", "sending", "uncertain"])
    }

    pub(super) fn machines(&self) -> u32 {
        u32::try_from(self.states.values().sum::<u64>()).expect("few")
    }

    pub(super) fn bad(&self) -> u64 {
        self.all(&["failed", "timed_out", "cancelled", "rejected"])
    }

    /// How the last command ended.
    pub(super) fn last_end(&self) -> Option<&str> {
        if self.is_tracked { Some("pending") } else { self.ended.as_deref() }
    }

    /// The command that goes on with it, as it is typed.
    pub(super) fn next_command(&self) -> Option<&'static str> {
        match () {
            () if self.left() > 0 => Some("mde-offboard resume 1"),
            () if self.of_state("held") > 0 => Some("mde-offboard resolve --only held --batch 1"),
            () if self.of_state("pending") > 0 => Some("mde-offboard track 1"),
            () => None,
        }
    }

    /// How far it is, in the word of `batches`.
    pub(super) fn progress(&self) -> &str {
        match (self.next_command(), self.ended.as_deref()) {
            (None, _) => "settled",
            _ if self.left() == 0 && self.of_state("held") > 0 => "held",
            _ if self.left() == 0 => "pending",
            (_, None | Some("settled" | "pending")) => "unfinished",
            (_, Some(end)) => end,
        }
    }

    pub(super) fn sent(&self) -> (u64, u64) {
        let all = u64::from(self.machines()) - self.of_state("skipped");
        (all - self.of_state("queued"), all)
    }
}
