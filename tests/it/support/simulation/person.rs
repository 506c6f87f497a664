//! Whoever types the commands: resumes, stops, cancels, tracks, retries, and restores a backup.

use std::collections::HashSet;
use std::time::Duration;

use mde_offboard::domain::{End, Fact, State, Steady};
use mde_offboard::engine::{Task, lift_guards, recount_failures, withdraw_queued};
use mde_offboard::journal::{Changes, Entry, Filter, Journal, Machine};

use super::lives::{Life, Simulation};

/// A copy of the journal, and when it was made.
struct Backup {
    journal: Journal,
    made_at: Steady,
}

impl Simulation {
    /// Types one command after the other until the batch is at its end.
    pub(crate) fn run(&mut self) {
        const LIVES_MAX: u32 = 3_000;
        let mut backups = Vec::new();
        let mut retries = self.plan.retries;
        for _ in 0..LIVES_MAX {
            if self.plan.rollbacks > self.rollbacks {
                self.back_up(&mut backups);
            }
            let task = self.choose();
            if task == Task::Send {
                self.go_on_after_a_guard();
            }
            let sends = task == Task::Send;
            let over = match self.live(task) {
                Life::Crashed => false,
                Life::Concluded(how) => {
                    self.clear_stop();
                    sends && matches!(how.end, End::Settled | End::Pending)
                }
            };
            let restores = self.plan.rollbacks > self.rollbacks && (over || self.dice.once_in(4));
            if restores && !backups.is_empty() {
                self.restore(&mut backups);
            } else if over && retries > 0 {
                retries -= 1;
                // An older copy would not know what is wanted now.
                backups.clear();
                self.send_again();
            } else if over {
                return self.track_to_the_end();
            }
            self.pause();
        }
        panic!("no life of {LIVES_MAX} came to an end");
    }

    /// `resume` asks after a guard has tripped, and the person says yes.
    fn go_on_after_a_guard(&mut self) {
        let (batch, at) = (self.batch(), self.time.of_process().wall);
        let options = self.plan.options.clone();
        let found = self.journal().batch(batch).expect("readable").expect("the batch");
        if found.end == Some(End::Tripped) {
            lift_guards(self.journal_mut(), batch, &options, at).expect("a journal");
        }
    }

    fn clear_stop(&mut self) {
        let batch = self.batch();
        let journal = self.journal_mut();
        if let Some(request) = journal.stop_request(batch).expect("a journal") {
            journal.clear_stop(batch, &request).expect("a journal");
        }
    }

    fn pause(&mut self) {
        const DAY: u64 = 24 * 60 * 60;
        // Some start it again at once, some on the next day.
        let most = self.dice.one_of(&[1, 1, 1, 15, 15, 120, 120, 120, 120, DAY]);
        self.wait(Duration::from_secs(most));
    }

    fn wait(&mut self, most: Duration) {
        let until = self.time.now.plus(self.dice.duration(most));
        self.pass_until(until, &mut Vec::new());
    }

    fn choose(&mut self) -> Task {
        if self.dice.once_in(self.plan.stopped) {
            let (batch, at) = (self.batch(), self.time.of_process().wall);
            self.journal_mut().request_stop(batch, "somebody", at).expect("a journal");
        }
        if self.dice.once_in(self.plan.tracked) {
            return Task::Track;
        }
        if !self.dice.once_in(self.plan.cancelled) {
            return Task::Send;
        }
        let machines = (0..5).map(|_| self.any_machine()).collect::<HashSet<_>>();
        let only = if self.dice.once_in(4) { None } else { Some(machines) };
        if self.dice.once_in(3) {
            // It died between the first commits of its opening.
            let (batch, at) = (self.batch(), self.time.of_process().wall);
            withdraw_queued(self.journal_mut(), batch, only.as_ref(), at).expect("a journal");
        }
        Task::Cancel(only)
    }

    fn back_up(&mut self, backups: &mut Vec<Backup>) {
        const MOST: usize = 6;
        let journal = self.journal().copy_to_memory().expect("a copy");
        let backup = Backup { journal, made_at: self.time.now };
        if backups.len() < MOST {
            backups.push(backup);
        } else if self.dice.once_in(2) {
            let place = usize::try_from(self.dice.below(6)).expect("few");
            backups[place] = backup;
        }
    }

    /// Puts an older journal in the place of the newer one.
    fn restore(&mut self, backups: &mut Vec<Backup>) {
        let count = u64::try_from(backups.len()).expect("few");
        let place = usize::try_from(self.dice.below(count)).expect("few");
        let Backup { journal, made_at } = backups.swap_remove(place);
        // Newer ones belong to a history that is no longer this one.
        backups.retain(|other| other.made_at <= made_at);
        if !self.can_be_proved(&journal, made_at) {
            let settles = self.plan.late_max + self.plan.lag + Duration::from_secs(10);
            self.pass_until(self.time.now.plus(settles), &mut Vec::new());
        }
        if self.dice.once_in(2) {
            // All calls that the copy does not know have left every window.
            self.pass_until(self.time.now.plus(Duration::from_mins(70)), &mut Vec::new());
        } else {
            self.windows_lost = true;
        }
        self.replace_journal(journal);
        self.rollbacks += 1;
    }

    /// What the lost part of the journal sent is all to be seen, or enough of it that the sweep
    /// knows that a part is lost. Where neither is so, nothing could tell, and nothing is asked.
    fn can_be_proved(&self, copy: &Journal, made_at: Steady) -> bool {
        let (mut hidden, mut proof) = (false, false);
        let visit = |machine: Machine| {
            let standing = &machine.standing;
            let (state, misses) = (standing.state, standing.misses);
            let posted = self.server.posted.get(&machine.id).cloned().unwrap_or_default();
            if posted.sent_at.is_none_or(|at| at < made_at) {
                return;
            }
            let shown = |at: Steady| at.plus(self.plan.lag) <= self.time.now;
            let is_shown = posted.made_at.is_some_and(shown);
            let is_hidden = posted.under_way > 0 || posted.made_at.is_some_and(|at| !shown(at));
            let waits = state == State::Queued || (state == State::Uncertain && misses > 0);
            hidden |= waits && is_hidden;
            proof |= state == State::Queued && is_shown;
        };
        copy.each_machine(self.batch(), &Filter::default(), visit).expect("rows");
        proof || !hidden
    }

    /// `retry`, of most of what ended badly or not at all.
    fn send_again(&mut self) {
        self.check_outcomes("before a retry");
        let states = vec![
            State::Failed,
            State::TimedOut,
            State::Cancelled,
            State::Rejected,
            State::Skipped,
            State::Held,
        ];
        let filter = Filter { states, ..Filter::default() };
        let mut again = Vec::new();
        let visit = |machine: Machine| {
            again.push(machine);
        };
        self.journal().each_machine(self.batch(), &filter, visit).expect("rows");
        again.retain(|_| !self.dice.once_in(3));
        let (batch, at) = (self.batch(), self.time.of_process().wall);
        let entry =
            |machine: &Machine| Entry { batch, number: machine.number, at, fact: Fact::Requeued };
        let facts = again.iter().map(entry).collect();
        self.journal_mut().commit(&Changes { facts, ..Changes::default() }).expect("a journal");
        recount_failures(self.journal_mut(), batch, at).expect("a journal");
        for machine in again {
            self.server.queued_again(machine.id);
        }
    }

    /// `track`, long after: whatever the server knows is known here then.
    fn track_to_the_end(&mut self) {
        const TRACKS_MAX: u32 = 1_000;
        // By then lists show what they hid, the network is there, and there is time for long lists.
        self.server.world.hidden_from = None;
        self.plan.outage = 0;
        // Else the list grows faster than it can be read through pages that are cut short.
        self.plan.colleague = 0;
        self.plan.options.track_timeout = Duration::from_hours(6);
        self.pass_until(self.time.now.plus(Duration::from_hours(2)), &mut Vec::new());
        for _ in 0..TRACKS_MAX {
            if self.open_actions() == 0 {
                return;
            }
            self.live(Task::Track);
            self.clear_stop();
            self.wait(Duration::from_mins(30));
        }
        panic!("{} actions ended, and {TRACKS_MAX} times `track` did not see it", {
            self.open_actions()
        });
    }
}
