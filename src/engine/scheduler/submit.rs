//! What follows the answer to a POST.

use std::time::Duration;

use crate::domain::{
    Answer, Detail, Doubt, End, Forbidden, Now, Reason, ServerClock, StoppedBy, Trouble,
};
use crate::journal::Machine;
use crate::retry::NoEffect;

use super::core::{ANOTHER, Scheduler};
use super::outcome::{Acceptance, UsesAttempt};
use super::parts::{
    About, AnswerKind, Answered, Arrival, BUSY, CallEnd, Draft, Flight, Known, Listed, Origin,
    Purpose, SentWhen,
};
use super::step::Step;

impl Step<'_> {
    /// Takes an answer: its call's receipt, and the facts that follow. `known` is what the journal
    /// knows of it.
    pub(in crate::engine) fn absorb(
        &mut self,
        arrival: Arrival,
        known: Known,
    ) -> Result<(), Forbidden> {
        let Known { listed, repeated } = known;
        let Arrival { call, answered, .. } = arrival;
        let Some(Flight { origin, purpose }) = self.scheduler.flights.remove(&call) else {
            return Ok(());
        };
        self.scheduler.gates.watch(self.now, self.draft);
        let end = if answered.came_with_a_status() { CallEnd::Answered } else { CallEnd::GivenUp };
        self.scheduler.gates.receipt(origin, self.now, end, self.draft);
        if end == CallEnd::Answered {
            self.scheduler.was_answered = true;
            self.note_date(&answered);
            self.scheduler.note_connection(origin, answered.trouble());
        }
        match (purpose, answered) {
            (Purpose::Submit(machine), Answered::Submit(reply)) => {
                let answer = Scheduler::checked(&machine, reply.what, &listed, self.draft);
                self.absorb_submit(machine, origin, answer)
            }
            (purpose, Answered::Actions(reply)) => {
                self.absorb_list(purpose, origin, reply.what, listed)
            }
            (Purpose::Cancel(machine), Answered::Cancel(reply)) => {
                self.absorb_cancel(machine, origin, reply.what)
            }
            (Purpose::Recheck, Answered::Machines(reply)) => {
                self.absorb_inventory(origin, reply.what, repeated);
                Ok(())
            }
            _ => unreachable!("an answer is of the kind that was asked for"),
        }
    }

    fn note_date(&mut self, answered: &Answered) {
        if let Some(date) = answered.server_date() {
            self.scheduler.skew = Some(date.as_micros().saturating_sub(self.now.wall.as_micros()));
            self.scheduler.gates.see_server(
                ServerClock { date, wall: self.now.wall },
                self.now,
                self.draft,
            );
        }
    }

    fn absorb_submit(
        &mut self,
        mut machine: Machine,
        origin: Origin,
        answer: Answer,
    ) -> Result<(), Forbidden> {
        self.scheduler.resend_rate.answered();
        match answer {
            Answer::Trouble(trouble) => {
                return self.absorb_post_trouble(machine, origin, &trouble);
            }
            Answer::Accepted { action, adopted, http_status } => {
                self.scheduler.count_answer(AnswerKind::Good, origin.sent, self.now);
                let status = Some(http_status);
                self.accept(&mut machine, action, Acceptance { adopted, found: false, status })?;
            }
            Answer::Busy(detail) => {
                self.scheduler.count_answer(AnswerKind::Good, origin.sent, self.now);
                let detail = Detail { code: Some(BUSY.to_owned()), ..detail };
                self.doubt(machine, (Doubt::Busy, detail), self.now.steady)?;
            }
            Answer::Refused(detail) => {
                let kind = AnswerKind::of_refusal(detail.code());
                self.blame(kind, origin.sent, &detail);
                self.reject(&mut machine, Reason::Refused, detail)?;
            }
            Answer::Absent(detail) => {
                // Its later tries say again what the first one said.
                let first = machine.standing.absences == 0;
                let kind = if first { AnswerKind::NotFound } else { AnswerKind::StillAbsent };
                self.blame(kind, origin.sent, &detail);
                self.retry(machine, NoEffect::Absent, detail)?;
            }
            Answer::Doubtful { doubt, detail } => {
                let kind = AnswerKind::of_doubt(&doubt, &detail);
                self.scheduler.last_doubt = Some(detail.clone());
                self.scheduler.lag.doubted(machine.number, SentWhen::Here(origin.sent.steady));
                let verdict = self.scheduler.count_answer(kind, origin.sent, self.now);
                self.judge_doubt(&doubt, verdict, &detail);
                let look_at = origin.sent.steady.plus(self.scheduler.look_after());
                self.doubt(machine, (doubt, detail), look_at)?;
            }
        }
        Ok(())
    }

    /// Notes an answer that may say that the list, the app or the address is wrong; enough of them
    /// end the run.
    fn blame(&mut self, kind: AnswerKind, sent: Now, detail: &Detail) {
        if self.scheduler.count_answer(kind, sent, self.now) != About::Machine {
            let why = format!("{}: {detail}", kind.blame());
            self.trip_and_follow(StoppedBy::Answers, &why);
        }
    }

    /// Some doubts are about the run: a redirect, another machine's answer, and a row of successes
    /// that are not Defender's.
    pub(super) fn judge_doubt(&mut self, doubt: &Doubt, verdict: About, detail: &Detail) {
        let why = match doubt {
            Doubt::Redirected => format!(
                "the server redirects, which is never followed: the address or a proxy is wrong: \
                 {detail}"
            ),
            Doubt::WrongMachine(other) => {
                format!("{ANOTHER}, {other}: {detail}")
            }
            Doubt::WrongShape if verdict == About::Run => {
                format!("three successes in a row did not come from Defender: {detail}")
            }
            Doubt::OtherAnswer | Doubt::WrongShape if verdict == About::TenInARow => {
                format!("{}: {detail}", AnswerKind::Stranger.blame())
            }
            _ => return,
        };
        self.stop(End::Tripped, &why);
    }

    fn absorb_post_trouble(
        &mut self,
        machine: Machine,
        origin: Origin,
        trouble: &Trouble,
    ) -> Result<(), Forbidden> {
        let detail = trouble.detail().clone();
        if let Trouble::Forbidden(detail) = trouble {
            let verdict = self.scheduler.count_answer(AnswerKind::Forbidden, origin.sent, self.now);
            return self.absorb_forbidden(machine, verdict, detail.clone());
        }
        let delay = self.trouble(origin, trouble);
        self.requeue(machine, (delay, UsesAttempt::No), detail)
    }

    fn absorb_forbidden(
        &mut self,
        mut machine: Machine,
        verdict: About,
        detail: Detail,
    ) -> Result<(), Forbidden> {
        if verdict == About::Run {
            let why = format!("Defender refused the permission to offboard machines: {detail}");
            self.stop(End::NoAccess, &why);
            return self.requeue(machine, (Duration::ZERO, UsesAttempt::No), detail);
        }
        if verdict == About::TenInARow {
            let why = format!("{}: {detail}", AnswerKind::Forbidden.blame());
            self.trip_and_follow(StoppedBy::Answers, &why);
        }
        if detail.code() == "DisallowedOperation" {
            return self.reject(&mut machine, Reason::Refused, detail);
        }
        self.retry(machine, NoEffect::Transient, detail)
    }
}

impl Scheduler {
    /// An action that the journal has for another machine is an answer about that one, also where
    /// it names no machine: a cache on the way has answered.
    fn checked(machine: &Machine, answer: Answer, listed: &[Listed], draft: &Draft) -> Answer {
        let Answer::Accepted { action, http_status, .. } = &answer else { return answer };
        let owner = listed.first().and_then(|listed| listed.owner.as_ref());
        let owner = owner.map(|owner| owner.machine).filter(|owner| *owner != machine.id);
        let Some(owner) = owner.or_else(|| draft.owner_of(&action.id, machine)) else {
            return answer;
        };
        let words = format!("asked about {}, answered with action {}", machine.id, action.id);
        let detail = Detail::new(Some(*http_status), None, &words);
        Answer::Doubtful { doubt: Doubt::WrongMachine(owner), detail }
    }

    /// What the answer to a POST says beside what it says of its machine.
    fn count_answer(&mut self, kind: AnswerKind, sent: Now, now: Now) -> About {
        let seed = self.random();
        self.breaker.record(kind, sent, now, seed);
        self.rows.count(kind)
    }

    /// What any answer says of the connection, the group's pause and the token.
    fn note_connection(&mut self, origin: Origin, trouble: Option<&Trouble>) {
        // A 429 keeps its pause. An answer that proves nothing may come from a proxy that is itself
        // cut off.
        if matches!(trouble, Some(Trouble::TooMany { .. } | Trouble::Unreadable(_))) {
            return;
        }
        self.connected(origin.group);
        self.gates.gate(origin.group).answered_well();
        if !matches!(trouble, Some(Trouble::Unauthorized(_))) {
            self.renewal.taken(origin.call);
        }
    }
}
