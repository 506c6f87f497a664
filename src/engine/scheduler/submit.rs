//! What follows the answer to a POST.

use std::time::Duration;

use crate::domain::{
    Answer, CallId, Detail, Doubt, End, Forbidden, LimitGroup, Now, Reason, ServerClock, Trouble,
};
use crate::journal::Machine;
use crate::retry::NoEffect;

use super::core::{ANOTHER, Scheduler};
use super::outcome::{Acceptance, UsesAttempt, reject};
use super::parts::{
    About, Answered, Arrival, BUSY, Book, Flight, Heard, Listed, Purpose, Sent, Voice,
};

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
    fn heard(&mut self, voice: Voice, sent: Now, now: Now) -> About {
        let seed = self.random();
        self.breaker.heard(voice, sent, now, seed);
        self.rows.heard(voice)
    }

    /// The same of an answer that may say that the list, the app or the address is wrong.
    fn blame(&mut self, voice: Voice, sent: Now, now: Now, detail: &Detail, book: &mut Book) {
        if self.heard(voice, sent, now) == About::Run {
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
        verdict: About,
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
            Doubt::WrongShape if verdict == About::Run => {
                format!("three successes in a row were not Defender's: {detail}")
            }
            Doubt::OtherAnswer if verdict == About::Run => {
                format!("{}: {detail}", Voice::Stranger.blame())
            }
            _ => return,
        };
        self.stop(End::Tripped, &why, now, book);
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
        self.requeue(machine, now, (delay, UsesAttempt::No), detail, book)
    }

    fn absorb_forbidden(
        &mut self,
        mut machine: Machine,
        verdict: About,
        now: Now,
        detail: Detail,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if verdict == About::Run {
            let why = format!("Defender refused the permission to offboard machines: {detail}");
            self.stop(End::NoAccess, &why, now, book);
            return self.requeue(machine, now, (Duration::ZERO, UsesAttempt::No), detail, book);
        }
        if detail.code() == "DisallowedOperation" {
            return reject(&mut machine, now, Reason::Refused, detail, book);
        }
        self.retry(machine, now, NoEffect::Transient, detail, book)
    }
}
