//! What follows the answer to a POST.

use std::time::Duration;

use crate::domain::{
    Action, Answer, CallId, Detail, Doubt, End, Fact, Forbidden, LimitGroup, Now, Reason,
    ServerClock, Steady, Trouble,
};
use crate::event::Happening;
use crate::journal::Machine;
use crate::retry::{NoEffect, Verdict};

use super::book::Book;
use super::busy::BUSY;
use super::core::{Flight, Purpose, Scheduler};
use super::lag::Sent;
use super::lanes::Heard;
use super::request::{Answered, Arrival, Listed};
use super::rows::{self, Voice};

/// What stops a run at once: something on the way mixes answers up.
pub(super) const ANOTHER: &str = "the server answered for another machine";

impl Scheduler {
    /// Takes an answer: its call's receipt, and the facts that follow. `listed` are the actions
    /// that came, with what the journal knows of them.
    pub(in crate::engine) fn absorb(
        &mut self,
        arrival: Arrival,
        listed: Vec<Listed>,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let Arrival { call, at: now, answered } = arrival;
        let Some(Flight { sent, group, purpose }) = self.flights.remove(&call) else {
            return Ok(());
        };
        self.lanes.watch(now, book);
        let heard = if answered.heard() { Heard::Answer } else { Heard::Nothing };
        self.lanes.receipt((call, group), sent.steady, now, heard, book);
        if heard == Heard::Answer {
            self.heard_once = true;
            self.note_date(&answered, now, book);
            self.note_voice((call, group), answered.trouble());
        }
        match (purpose, answered) {
            (Purpose::Submit(machine), Answered::Submit(reply)) => {
                let answer = Self::checked(&machine, reply.what, &listed, book);
                self.absorb_submit(machine, (call, sent), now, answer, book)
            }
            (purpose, Answered::Actions(reply)) => {
                let sent = (sent, group, call);
                self.absorb_list((purpose, sent), now, reply.what, listed, book)
            }
            (Purpose::Cancel(machine), Answered::Cancel(reply)) => {
                self.absorb_cancel(machine, (call, sent), now, reply.what, book)
            }
            _ => unreachable!("an answer is of the kind that was asked for"),
        }
    }

    /// An action that the journal has for another machine is an answer about that one, also where
    /// it names no machine: a cache on the way has answered.
    fn checked(machine: &Machine, answer: Answer, listed: &[Listed], book: &Book) -> Answer {
        let Answer::Accepted { action, http_status, .. } = &answer else { return answer };
        let owner = listed.first().and_then(|listed| listed.owner.as_ref());
        let owner = owner.map(|owner| owner.machine).filter(|owner| *owner != machine.id);
        let Some(owner) = owner.or_else(|| book.owner_of(&action.id, machine)) else {
            return answer;
        };
        let words = format!("asked about {}, answered with action {}", machine.id, action.id);
        let detail = Detail::new(Some(*http_status), None, &words);
        Answer::Doubtful { doubt: Doubt::WrongMachine(owner), detail }
    }

    fn note_date(&mut self, answered: &Answered, now: Now, book: &mut Book) {
        if let Some(date) = answered.server_date() {
            self.skew = Some(date.as_micros().saturating_sub(now.wall.as_micros()));
            self.lanes.see_server(ServerClock { date, wall: now.wall }, now, book);
        }
    }

    fn absorb_submit(
        &mut self,
        mut machine: Machine,
        (call, sent): (CallId, Now),
        now: Now,
        answer: Answer,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        self.again.answered();
        match answer {
            Answer::Trouble(trouble) => {
                return self.absorb_post_trouble(machine, (call, sent), now, &trouble, book);
            }
            Answer::Accepted { action, adopted, http_status } => {
                self.heard(Voice::Good, sent, now);
                let status = Some(http_status);
                self.accept(
                    &mut machine,
                    now,
                    action,
                    Acceptance { adopted, found: false, status },
                    book,
                )?;
            }
            Answer::Busy(detail) => {
                self.heard(Voice::Good, sent, now);
                let detail = Detail { code: Some(BUSY.to_owned()), ..detail };
                self.doubt(machine, now, (Doubt::Busy, detail), now.steady, book)?;
            }
            Answer::Refused(detail) => {
                let voice = Voice::of_refusal(detail.code());
                self.blame(voice, sent, now, &detail, book);
                reject(&mut machine, now, Reason::Refused, detail, book)?;
            }
            Answer::Absent(detail) => {
                // Its later tries say again what the first one said.
                let first = machine.standing.absences == 0;
                let voice = if first { Voice::NotFound } else { Voice::StillAbsent };
                self.blame(voice, sent, now, &detail, book);
                self.retry(machine, now, NoEffect::Absent, detail, book)?;
            }
            Answer::Doubtful { doubt, detail } => {
                let voice = Voice::of_doubt(&doubt, &detail);
                self.lag.doubted(machine.number, Sent::Here(sent.steady));
                let verdict = self.heard(voice, sent, now);
                self.judge_doubt(&doubt, verdict, &detail, now, book);
                let look_at = sent.steady.plus(self.look_after());
                self.doubt(machine, now, (doubt, detail), look_at, book)?;
            }
        }
        Ok(())
    }

    /// What the answer to a POST says beside what it says of its machine.
    fn heard(&mut self, voice: Voice, sent: Now, now: Now) -> rows::Verdict {
        let seed = self.random();
        self.breaker.heard(voice, sent, now, seed);
        self.rows.heard(voice)
    }

    /// The same of an answer that may say that the list, the app or the address is wrong.
    fn blame(&mut self, voice: Voice, sent: Now, now: Now, detail: &Detail, book: &mut Book) {
        if self.heard(voice, sent, now) == rows::Verdict::Run {
            let why = format!("{}: {detail}", voice.blame());
            self.stop(End::Tripped, &why, now, book);
        }
    }

    /// What any answer says of the connection, the group's pause and the token.
    fn note_voice(&mut self, (call, group): (CallId, LimitGroup), trouble: Option<&Trouble>) {
        // A 429 keeps its pause. An answer that proves nothing may come from a proxy that is itself
        // cut off.
        if matches!(trouble, Some(Trouble::TooMany { .. } | Trouble::Unreadable(_))) {
            return;
        }
        self.connected(group);
        self.lanes.gate(group).answered_well();
        if !matches!(trouble, Some(Trouble::Unauthorized(_))) {
            self.rows.token_taken(call);
        }
    }

    /// Some doubts are about the run: a redirect, another machine's answer, and a row of successes
    /// that are not Defender's.
    pub(super) fn judge_doubt(
        &mut self,
        doubt: &Doubt,
        verdict: rows::Verdict,
        detail: &Detail,
        now: Now,
        book: &mut Book,
    ) {
        let why = match doubt {
            Doubt::Redirected => format!(
                "the server redirects, which is never followed: the address or a proxy is wrong: \
                 {detail}"
            ),
            Doubt::WrongMachine(other) => {
                format!("{ANOTHER}, {other}: {detail}")
            }
            Doubt::WrongShape if verdict == rows::Verdict::Run => {
                format!("three successes in a row were not Defender's: {detail}")
            }
            Doubt::OtherAnswer if verdict == rows::Verdict::Run => {
                format!("{}: {detail}", Voice::Stranger.blame())
            }
            _ => return,
        };
        self.stop(End::Tripped, &why, now, book);
    }

    /// It is not known whether the POST took effect: left alone until `look_at`.
    fn doubt(
        &mut self,
        mut machine: Machine,
        now: Now,
        (doubt, detail): (Doubt, Detail),
        look_at: Steady,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let look_at = now.wall_at(look_at.max(now.steady));
        let fact = Fact::Uncertain { doubt, detail: detail.clone(), look_at };
        book.note(&mut machine, now, fact)?;
        book.tell_of(&machine, now, Happening::Uncertain { look_at, detail });
        self.file(machine, now);
        Ok(())
    }

    /// An answer without effect that is about this machine: another try, or the end.
    pub(super) fn retry(
        &mut self,
        mut machine: Machine,
        now: Now,
        answer: NoEffect,
        detail: Detail,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let seed = self.random();
        match self.policy.after(&machine.standing, answer, seed) {
            Verdict::GiveUp(reason) => reject(&mut machine, now, reason, detail, book),
            Verdict::RetryAfter(delay) => {
                self.requeue(machine, now, (delay, Counts::Yes), detail, book)
            }
        }
    }

    /// Queues a machine again whose POST certainly had no effect.
    pub(super) fn requeue(
        &mut self,
        mut machine: Machine,
        now: Now,
        (delay, counts): (Duration, Counts),
        detail: Detail,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let not_before = now.wall.plus(delay);
        let counts = counts == Counts::Yes;
        let fact = Fact::Retrying { not_before, counts, detail: detail.clone() };
        self.again.queued_again();
        book.note(&mut machine, now, fact)?;
        book.tell_of(&machine, now, Happening::Retrying { not_before, detail });
        self.file(machine, now);
        Ok(())
    }

    fn absorb_post_trouble(
        &mut self,
        machine: Machine,
        (call, sent): (CallId, Now),
        now: Now,
        trouble: &Trouble,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let detail = trouble.detail().clone();
        if let Trouble::Forbidden(detail) = trouble {
            let verdict = self.heard(Voice::Forbidden, sent, now);
            return self.absorb_forbidden(machine, verdict, now, detail.clone(), book);
        }
        let delay = self.trouble((LimitGroup::Posts, call), now, trouble, book);
        self.requeue(machine, now, (delay, Counts::No), detail, book)
    }

    fn absorb_forbidden(
        &mut self,
        mut machine: Machine,
        verdict: rows::Verdict,
        now: Now,
        detail: Detail,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if verdict == rows::Verdict::Run {
            let why = format!("Defender refused the permission to offboard machines: {detail}");
            self.stop(End::NoAccess, &why, now, book);
            return self.requeue(machine, now, (Duration::ZERO, Counts::No), detail, book);
        }
        if detail.code() == "DisallowedOperation" {
            return reject(&mut machine, now, Reason::Refused, detail, book);
        }
        self.retry(machine, now, NoEffect::Transient, detail, book)
    }

    /// Defender has an action for a machine: from a POST, a look-up or a sweep.
    pub(super) fn accept(
        &mut self,
        machine: &mut Machine,
        now: Now,
        action: Action,
        how: Acceptance,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        let Acceptance { adopted, found, status: http_status } = how;
        let id = action.id;
        let fact = Fact::Accepted {
            action: id.clone(),
            status: action.status.clone(),
            adopted,
            found,
            http_status,
            created_at: action.created_at,
        };
        book.note(machine, now, fact)?;
        self.lag.resolved(machine.number);
        self.busy.remove(&machine.number);
        let what = if found {
            Happening::Reconciled { action: Some(id) }
        } else {
            Happening::Submitted { action: id, adopted }
        };
        book.tell_of(machine, now, what);
        if !found {
            self.follow.submitted(now.steady);
            self.lag.accepted(machine.number, now.steady);
        }
        if action.status.is_final() {
            self.settle_action(machine, now, action.status, action.device_error, book)?;
        }
        Ok(())
    }
}

/// Whether an attempt counts towards the most attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// It does.
    Yes,
    /// It does not: it was not about this machine.
    No,
}

/// How an action came to be known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acceptance {
    /// Someone else asked for it.
    pub(super) adopted: bool,
    /// By a look-up or a sweep, not by the POST's answer.
    pub(super) found: bool,
    /// Status of the POST's answer.
    pub(super) status: Option<u16>,
}

pub(super) fn reject(
    machine: &mut Machine,
    now: Now,
    reason: Reason,
    detail: Detail,
    book: &mut Book,
) -> Result<(), Forbidden> {
    book.note(machine, now, Fact::Rejected { reason, detail: detail.clone() })?;
    book.tell_of(machine, now, Happening::Rejected { detail });
    Ok(())
}
