//! Undoing what can be undone.

use crate::domain::{Action, End, Fact, Forbidden, Now, ReadAnswer, State};
use crate::journal::Machine;

use super::super::Task;
use super::core::{ANOTHER, Scheduler};
use super::parts::{Origin, ReadKind};
use super::step::Step;

impl Step<'_> {
    pub(super) fn absorb_cancel(
        &mut self,
        mut machine: Machine,
        origin: Origin,
        reading: ReadAnswer<Action>,
    ) -> Result<(), Forbidden> {
        if !matches!(reading, ReadAnswer::Trouble(_)) {
            self.scheduler.unread.read(ReadKind::Cancel);
        }
        match reading {
            // A list told its end while the cancel was under way.
            _ if self.scheduler.withdrawal.has_ended(machine.number) => Ok(()),
            ReadAnswer::Read(action) if action.machine.is_some_and(|id| id != machine.id) => {
                let why = format!("{ANOTHER} when action {} was to be cancelled", action.id);
                self.stop(End::Tripped, &why);
                Ok(())
            }
            ReadAnswer::Read(action) => {
                self.update(&mut machine, (action.status, action.device_error))
            }
            ReadAnswer::Refused(detail) => {
                self.scheduler.withdrawal.not_taken(machine.number);
                self.note(&mut machine, Fact::CancelRefused { detail })
            }
            ReadAnswer::Trouble(trouble) => {
                // To cancel twice is to cancel once, so it is simply asked again.
                self.read_troubled(ReadKind::Cancel, origin, &trouble);
                self.scheduler.withdrawal.not_taken(machine.number);
                let detail = trouble.detail().clone();
                self.note(&mut machine, Fact::CancelFailed { detail })?;
                self.scheduler.withdrawal.put_back(machine);
                Ok(())
            }
        }
    }
}

impl Scheduler {
    /// Whether `cancel` is about this machine.
    fn covers(&self, machine: &Machine) -> bool {
        match &self.task {
            Task::Cancel(Some(only)) => only.contains(&machine.id),
            Task::Cancel(None) => true,
            Task::Send | Task::Track => false,
        }
    }

    /// Takes a machine with an open action up for `cancel`.
    pub(in crate::engine) fn take_back(&mut self, machine: Machine) {
        if self.covers(&machine) && machine.standing.state == State::Pending {
            self.withdrawal.add(machine);
        }
    }

    /// A machine that came out of a doubt while `cancel` runs.
    pub(super) fn file_for_cancel(&mut self, machine: Machine, now: Now) {
        if self.covers(&machine) {
            self.queue.put(machine, now);
        }
    }
}
