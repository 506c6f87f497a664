//! What an Offboard action in a list proves about a machine of the batch, and when lists prove
//! nothing any more.
//!
//! The marker is a proof, never the only one: whether Defender gives a comment back letter by
//! letter was never seen. So any Offboard action of the machine that the journal does not know, and
//! that was made since its POST, is taken as the answer.

use crate::domain::{Action, ActionStatus, ActionType, BatchFact, Marker, Now, State, Timestamp};
use crate::event::Happening;
use crate::journal::{ActionOwner, Machine};

use super::core::{CLOCK_SET, Scheduler};
use super::parts::{Claim, Listed, is_busy};
use super::step::Step;

impl Step<'_> {
    /// An action that our own request made must come back with its marker. Where it does not, a
    /// marker that is missing says nothing any more.
    pub(super) fn check_marker(&mut self, listed: &Listed) {
        let Listed { action, owner: Some(owner), number: Some(number), .. } = listed else {
            return;
        };
        let ActionOwner { is_own: true, .. } = owner else { return };
        let found = action.comment.as_deref().and_then(Marker::find_in);
        if found != Some(self.scheduler.seed.marker(*number)) {
            let id = &action.id;
            let why = format!(
                "action {id} was made by this batch, and comes back without its marker in the \
                 comment"
            );
            self.distrust(&why);
        }
    }

    /// From now on "not found" proves nothing: what is in doubt is left to a person. Told once.
    pub(super) fn distrust(&mut self, why: &str) {
        if !self.scheduler.distrusts_lists {
            self.scheduler.distrusts_lists = true;
            self.note_batch(BatchFact::ListsDistrusted { why: why.to_owned() });
            self.tell(Happening::ListsDistrusted { why: why.to_owned() });
        }
    }
}

impl Scheduler {
    /// Whether an action that the journal does not know answers for a machine that is still to be
    /// sent, or in doubt.
    pub(super) fn claim(&self, machine: &Machine, action: &Action, now: Now) -> Option<Claim> {
        let about_another = action.machine.is_some_and(|id| id != machine.id);
        if about_another || action.kind != ActionType::Offboard {
            return None;
        }
        if self.is_marked(machine, action) {
            return Some(Claim::Ours);
        }
        // Without a machine in it, only the marker could say whose it is.
        action.machine?;
        if !action.status.is_final() {
            return Some(Claim::Active);
        }
        let since = |from| action.created_at.is_none_or(|at| at >= from);
        if self.answers_from(machine, now).is_some_and(since) {
            return Some(Claim::SinceOurs);
        }
        // `--again` is about what was done before the batch was made.
        let succeeded_from = if self.options.again {
            self.list_since(self.sweep.created_at())
        } else {
            self.sweep_since()
        };
        let succeeded = action.status == ActionStatus::Succeeded && since(succeeded_from);
        succeeded.then_some(Claim::Succeeded)
    }

    /// From when on, by the server's clock, any action may be the answer to a machine's request;
    /// none where its request certainly had no effect.
    fn answers_from(&self, machine: &Machine, now: Now) -> Option<Timestamp> {
        let standing = &machine.standing;
        let in_doubt = matches!(standing.state, State::Sending | State::Uncertain | State::Held);
        if standing.resends == 0 && (!in_doubt || is_busy(standing)) {
            return None;
        }
        // The first one, not the last: what a doubt was released for may have come late.
        let first = standing.first_sent_at?;
        match self.lag.sent_here(machine.number).filter(|_| standing.resends == 0) {
            Some(sent) => Some(self.list_since(now.wall_at(sent))),
            // Our clock may have been set since.
            None => Some(self.list_since(first).minus(CLOCK_SET)),
        }
    }

    fn is_marked(&self, machine: &Machine, action: &Action) -> bool {
        let found = action.comment.as_deref().and_then(Marker::find_in);
        found == Some(self.seed.marker(machine.number))
    }

    /// An answer to a read that is about another machine than the journal has for the action: in
    /// words.
    pub(super) fn about_another(listed: &[Listed]) -> Option<String> {
        listed.iter().find_map(|Listed { action, owner, .. }| {
            let owner = owner.as_ref()?;
            let named = action.machine.filter(|id| *id != owner.machine)?;
            let expected = owner.machine;
            Some(format!("action {} is listed for {named}, it was made for {expected}", action.id))
        })
    }
}
