//! What one turn adds up to: facts to commit, events to tell once they are committed.

use std::collections::HashSet;

use crate::domain::{
    ActionId, BatchFact, BatchId, Counts, Fact, Forbidden, MachineId, MachineNumber, Now,
};
use crate::event::{Event, Happening};
use crate::journal::{Changes, Entry, Machine};

/// Collects what a turn decides. The session commits `changes`, and only then tells `events`.
pub(in crate::engine) struct Draft {
    batch: BatchId,
    pub(in crate::engine) changes: Changes,
    pub(in crate::engine) events: Vec<Event>,
    /// Machines by state, these changes included.
    pub(in crate::engine) counts: Counts,
    touched: HashSet<MachineNumber>,
    /// Actions of this turn, with their machines.
    accepted: Vec<(ActionId, MachineId)>,
}

impl Draft {
    pub(in crate::engine) fn new(batch: BatchId, counts: Counts) -> Self {
        Self {
            batch,
            changes: Changes::default(),
            events: Vec::new(),
            counts,
            touched: HashSet::new(),
            accepted: Vec::new(),
        }
    }

    /// Adds a fact about a machine, and keeps `machine` what its row will be.
    ///
    /// # Errors
    /// [`Forbidden`] where the fact cannot happen: a defect; the run ends before it does harm.
    pub(in crate::engine::scheduler) fn note(
        &mut self,
        machine: &mut Machine,
        now: Now,
        fact: Fact,
    ) -> Result<(), Forbidden> {
        let next = machine.standing.after(&fact, now.wall)?;
        self.counts.shift(machine.standing.state, next.state);
        machine.standing = next;
        self.touched.insert(machine.number);
        if let Fact::Accepted { action, .. } = &fact {
            self.accepted.push((action.clone(), machine.id));
        }
        let entry = Entry { batch: self.batch, number: machine.number, at: now.wall, fact };
        self.changes.facts.push(entry);
        Ok(())
    }

    /// Whether this turn already changed a machine, so that its row in the journal is out of date.
    pub(in crate::engine::scheduler) fn touched(&self, number: MachineNumber) -> bool {
        self.touched.contains(&number)
    }

    /// The machine, other than this one, that was accepted with an action in this very turn: the
    /// journal does not know it yet.
    pub(in crate::engine::scheduler) fn owner_of(
        &self,
        action: &ActionId,
        machine: &Machine,
    ) -> Option<MachineId> {
        let same = |(known, owner): &&(_, _)| known == action && *owner != machine.id;
        self.accepted.iter().find(same).map(|(_, owner)| *owner)
    }

    pub(in crate::engine) fn note_batch(&mut self, now: Now, fact: BatchFact) {
        self.changes.batch_facts.push((self.batch, now.wall, fact));
    }

    pub(in crate::engine) fn tell(&mut self, now: Now, what: Happening) {
        let event = Event { at: now.wall, batch: self.batch, machine: None, name: None, what };
        self.events.push(event);
    }

    pub(in crate::engine::scheduler) fn tell_of(
        &mut self,
        machine: &Machine,
        now: Now,
        what: Happening,
    ) {
        self.events.push(Event {
            at: now.wall,
            batch: self.batch,
            machine: Some(machine.id),
            name: machine.name.clone(),
            what,
        });
    }

    /// The changes are on disk: forgets them.
    pub(in crate::engine) fn committed(&mut self) {
        self.changes = Changes::default();
        self.touched.clear();
        self.accepted.clear();
    }

    /// Takes the events of changes that are on disk.
    pub(in crate::engine) fn take_events(&mut self) -> Vec<Event> {
        self.committed();
        std::mem::take(&mut self.events)
    }
}
