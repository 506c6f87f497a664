//! What holds at the end, whatever happened.

use mde_offboard::domain::{BatchId, LimitGroup, Reason, State};
use mde_offboard::journal::{ChainHead, Filter, Machine};
use mde_offboard::simulator::Behaviour;

use crate::support::machines::machine_id;

use super::lives::Simulation;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) machines: u64,
    pub(crate) held: u64,
    pub(crate) actions: u64,
    pub(crate) posts: usize,
    pub(crate) crashes: u32,
    pub(crate) rollbacks: u32,
    pub(crate) steps: u64,
    pub(crate) head: ChainHead,
}

impl Simulation {
    pub(super) const fn batch(&self) -> BatchId {
        self.batch
    }

    /// Runs to the end. Then no machine was sent twice, each has an outcome and it is the true one,
    /// no window was exceeded, and the journal is sound.
    ///
    /// # Panics
    /// Where one of them is not so.
    pub(crate) fn check(&mut self) -> Tally {
        self.run();
        self.check_outcomes("at the end");
        self.check_windows();
        self.journal().verify_rows(self.batch()).expect("the fold of the facts is the rows");
        let head = self.journal().verify_chain().expect("the chain is whole");
        let counts = self.journal().counts(self.batch()).expect("counts");
        assert_eq!(counts.total(), u64::from(self.plan.machines), "no machine is lost");
        let has_action = |posted: &&_| posted_action(posted).is_some();
        let actions = self.server.posted.values().filter(has_action).count();
        Tally {
            machines: counts.total(),
            held: counts.of(State::Held),
            actions: u64::try_from(actions).expect("few"),
            posts: self.server.posts(),
            crashes: self.crashes,
            rollbacks: self.rollbacks,
            steps: self.steps,
            head,
        }
    }

    fn check_windows(&self) {
        if self.windows_lost {
            return;
        }
        for group in LimitGroup::ALL {
            for window in &self.plan.options.limits {
                let most = self.server.fullest(group, *window);
                let limit = usize::try_from(window.limit()).expect("few");
                assert!(most <= limit, "{most} {group:?} arrived within {window}");
            }
        }
    }

    /// No machine was sent twice, and the journal knows of each what the server knows.
    pub(super) fn check_outcomes(&self, when: &str) {
        let offences = &self.server.offences;
        assert!(offences.is_empty(), "{when}: {offences:#?}");
        let visit = |machine: Machine| {
            if let Some(words) = self.wrong_with(&machine) {
                panic!("{when}: {words}: {machine:#?}, at the server {:?}", {
                    self.server.posted.get(&machine.id)
                });
            }
        };
        self.journal().each_machine(self.batch(), &Filter::default(), visit).expect("rows");
    }

    fn wrong_with(&self, machine: &Machine) -> Option<&'static str> {
        let standing = &machine.standing;
        let ours = self.server.posted.get(&machine.id).and_then(posted_action);
        let absent = self.server.posted.get(&machine.id).map_or(0, |posted| posted.absent);
        if standing.reason == Some(Reason::NotFound) && absent < 3 {
            return Some("it was asked for less than three times");
        }
        let known = standing.action.as_ref().map(mde_offboard::domain::ActionId::as_str);
        match standing.state {
            State::Queued | State::Sending | State::Uncertain => Some("it has no outcome"),
            State::Held | State::Rejected | State::Skipped => {
                // Where lists hide it, it can only be held.
                let hidden = self.plan.hides && standing.state == State::Held;
                ours.filter(|_| !hidden)
                    .map(|_| "it has an action, and the journal does not know it")
            }
            State::Pending
            | State::Succeeded
            | State::Failed
            | State::TimedOut
            | State::Cancelled => {
                // Without its marker an action of ours looks like somebody else's.
                let right = known == ours && (!standing.adopted || self.plan.changes_comments());
                // Somebody else's. Where lists hide ours, or its marker, nothing tells them apart.
                let alike = self.plan.hides || self.plan.changes_comments();
                let theirs = (ours.is_none() || alike) && standing.adopted;
                (!right && !theirs).then_some("its action is another one")
            }
        }
    }

    /// Actions that have ended at the server by now, and not in the journal.
    pub(super) fn open_actions(&self) -> usize {
        let mut open = 0;
        let stays = |machine: &Machine| {
            let mut indices = 0..self.plan.machines;
            let index = indices.find(|index| machine_id(*index) == machine.id);
            index.is_some_and(|index| self.plan.behaviour(index) == Behaviour::StaysPending)
        };
        let visit = |machine: Machine| {
            open += usize::from(!stays(&machine));
        };
        let filter = Filter { states: vec![State::Pending], ..Filter::default() };
        self.journal().each_machine(self.batch(), &filter, visit).expect("rows");
        open
    }
}

fn posted_action(posted: &super::server::Posted) -> Option<&str> {
    posted.action.as_deref()
}
