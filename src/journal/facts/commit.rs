//! The one way in which facts, calls and receipts become durable.

use crate::domain::BatchFact;
use crate::journal::{Journal, JournalError};

use super::changes::Changes;
use super::ledger;
use super::writer::FactWriter;

impl Journal {
    /// Writes everything or nothing, durably: when this returns, a power cut takes nothing back.
    ///
    /// # Errors
    /// [`JournalError::Forbidden`] where a fact cannot happen in the state of its machine;
    /// [`JournalError::ReadOnly`] for a reader; otherwise what kept it from being written.
    pub fn commit(&mut self, changes: &Changes) -> Result<(), JournalError> {
        let quota = self.quota().cloned();
        let transaction = self.begin()?;
        let mut writer = FactWriter::new(&transaction)?;
        // A run's end comes after all that it ended with, and a guard after what made it trip.
        let (ends, others): (Vec<_>, Vec<_>) =
            changes.batch_facts.iter().partition(|(.., fact)| {
                matches!(fact, BatchFact::Ended { .. } | BatchFact::Tripped { .. })
            });
        for (batch, at, fact) in others {
            writer.add_batch_fact(*batch, *at, fact)?;
        }
        for entry in &changes.facts {
            writer.add(entry)?;
        }
        for (batch, at, fact) in ends {
            writer.add_batch_fact(*batch, *at, fact)?;
        }
        writer.finish()?;
        ledger::write(&transaction, quota.as_ref(), changes)?;
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Comment, Device, MachineId, MarkerSeed, Realm, Tenant, Timestamp};
    use crate::journal::{NewBatch, NewMachine, Runner, Succeeded};

    #[test]
    fn a_full_disk_is_named_and_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_micros(0);
        let text = String::from;
        let (host, user, command) = (text("host"), text("anna"), text("run"));
        let runner = Runner { pid: 1, host, user, command, since: now };
        let mut journal = Journal::open_runner(&folder.path().join("j.db"), runner).unwrap();
        let id = MachineId::from_bytes([7; 20]);
        let (name, comment) = (None, Some(Comment::parse("gone").unwrap()));
        let device = Device::default();
        let (source, line, skip, at) = (0, 2, None, None);
        let row = NewMachine { id, name, comment, source, line, device, skip, at };
        journal.stage(&row).unwrap();
        let new = NewBatch {
            tenant: Tenant { id: text("t"), realm: Realm::Public },
            api: text("https://api"),
            comment: None,
            sources: vec![text("fleet.csv")],
            filters: Vec::new(),
            options: text("{}"),
            seed: MarkerSeed::from_random(1),
            succeeded: Succeeded::Skip,
            canary: 0,
            plan_hash: None,
        };
        let batch = journal.create_batch(&new, now).unwrap();
        let pages: i64 =
            journal.db().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        journal.db().pragma_update(None, "max_page_count", pages).unwrap();
        let command = "x".repeat(100_000);
        let facts = [BatchFact::Started { command: text("run") }, BatchFact::Started { command }];
        let batch_facts = facts.map(|fact| (batch, now, fact)).to_vec();
        let refused = journal.commit(&Changes { batch_facts, ..Changes::default() });
        assert!(matches!(refused, Err(JournalError::DiskFull)), "{refused:?}");
        assert_eq!(journal.batch_facts_of(batch).unwrap().len(), 1);
        journal.verify_chain().unwrap();
    }
}
