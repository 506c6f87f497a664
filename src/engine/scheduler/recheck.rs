//! The inventory is read again while requests go out, and what speaks against a machine by then
//! keeps it from being sent.

use crate::domain::{Detail, Fact, Forbidden, InventoryMachine, Now, Page, ReadAnswer, StoppedBy};
use crate::event::Happening;
use crate::guard::Class;
use crate::journal::Machine;

use super::super::{RunOptions, Task};
use super::core::Scheduler;
use super::parts::{Origin, Purpose, ReadKind};
use super::step::Step;

/// Machines that may be left alone before a person has to look: in a week ten may well change.
const ALONE_MAX: u64 = 10;

/// From there on, one in this many may.
const ALONE_SHARE: u64 = 10;

impl Step<'_> {
    /// A page of the inventory, or what came in its place.
    pub(super) fn absorb_inventory(
        &mut self,
        origin: Origin,
        reading: ReadAnswer<Page<InventoryMachine>>,
        repeated: u64,
    ) {
        const KIND: ReadKind = ReadKind::Inventory;
        self.scheduler.recheck.again();
        match reading {
            ReadAnswer::Read(page) => {
                let full = self.scheduler.page_rows;
                if self.scheduler.recheck.turn(page.extent(), repeated, full) {
                    if self.scheduler.recheck.can_be_read() {
                        self.scheduler.unread.read(KIND);
                    }
                } else {
                    let detail = Detail::new(Some(200), None, "it repeats itself or has no end");
                    self.read_failed(KIND, origin.sent, &detail);
                    self.scheduler.recheck.restart();
                }
            }
            ReadAnswer::Refused(detail) => self.read_failed(KIND, origin.sent, &detail),
            ReadAnswer::Trouble(trouble) => self.read_troubled(KIND, origin, &trouble),
        }
    }

    /// Leaves machines alone that are next in turn, and that must not be sent by what the inventory
    /// says now. Many of them stop the run: then the tenant is not what the plan was made for.
    pub(super) fn leave_alone(&mut self) -> Result<(), Forbidden> {
        while let Some((mut machine, class)) = self.scheduler.pop_turned(self.now) {
            if self.scheduler.changed_too_much() {
                self.scheduler.queue.put_first(machine);
                let alone = self.scheduler.recheck.left_alone();
                let why = format!(
                    "{alone} machines are not what the plan took them for, and were left alone; \
                     the next one is {class}"
                );
                self.trip_and_follow(StoppedBy::Changes, &why);
                return Ok(());
            }
            self.scheduler.recheck.leave_alone();
            let reason = class.reason();
            self.note(&mut machine, Fact::Skipped { reason })?;
            self.tell_of(&machine, Happening::Skipped { reason });
        }
        Ok(())
    }
}

impl Scheduler {
    /// The next machine in turn, where something speaks against it now.
    fn pop_turned(&mut self, now: Now) -> Option<(Machine, Class)> {
        let next = self.queue.next_ready(now.steady)?;
        let class = self.recheck.against(next.number)?;
        Some((self.queue.pop_ready(now.steady)?, class))
    }

    fn changed_too_much(&self) -> bool {
        let (alone, sent) = (self.recheck.left_alone(), self.recheck.sent());
        !self.safeguards.changes_accepted
            && alone >= ALONE_MAX
            && (alone + 1) * ALONE_SHARE > alone + 1 + sent
    }

    /// Whether machines wait for a reading of the inventory.
    pub(super) fn waits_for_inventory(&self) -> bool {
        self.task == Task::Send && self.recheck.blocks()
    }

    /// How many machines were left alone.
    pub(in crate::engine) const fn left_alone(&self) -> u64 {
        self.recheck.left_alone()
    }

    /// Whether machines in play are to be compared with the inventory: it was read again.
    pub(in crate::engine) fn has_fresh_inventory(&mut self) -> bool {
        self.recheck.take_fresh()
    }

    /// Whether there is an inventory to compare machines with.
    pub(in crate::engine) const fn has_inventory(&self) -> bool {
        self.recheck.has_read()
    }

    /// Whether the page under way is the first one of a reading.
    pub(in crate::engine) fn begins_inventory(&self) -> bool {
        self.recheck.is_first_page()
    }

    pub(in crate::engine) const fn options(&self) -> &RunOptions {
        &self.options
    }

    /// All machines that may be sent, now or after what they wait for, as far as they are in play.
    pub(in crate::engine) fn in_play(&self) -> impl Iterator<Item = &Machine> {
        let flights = self.flights.values().filter_map(|flight| match &flight.purpose {
            Purpose::Submit(machine) => Some(machine),
            Purpose::Find(search) => Some(&search.machine),
            Purpose::Sweep | Purpose::Recheck | Purpose::Follow | Purpose::Cancel(_) => None,
        });
        let searches = self.searches.iter().map(|search| &search.machine);
        self.queue.machines().chain(flights).chain(searches)
    }

    /// A machine must not be sent any more: it is of this class now.
    pub(in crate::engine) fn turn_against(&mut self, machine: &Machine, class: Class) {
        self.recheck.turn_against(machine.number, class);
    }
}
