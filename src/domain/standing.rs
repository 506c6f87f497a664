//! A machine's row: what all facts about it add up to.

use super::{ActionId, ActionStatus, Detail, Fact, Forbidden, Missing, Reason, State, Timestamp};

/// Where a machine of a batch stands: the fold of its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    /// POSTs so far, all of them.
    pub attempts: u32,
    /// POSTs that count towards the most attempts; back to zero when it is queued again.
    pub attempts_counted: u32,
    /// 404s so far; back to zero when it is queued again.
    pub absences: u32,
    /// How often it was found absent twice and released; back to zero when it is queued again.
    pub resends: u32,
    /// Negative look-ups since it became uncertain: 0 or 1.
    pub misses: u32,
    /// Queued: not to be sent before. Uncertain: not to be looked up before.
    pub not_before: Option<Timestamp>,
    pub first_sent_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub settled_at: Option<Timestamp>,
    pub action: Option<ActionId>,
    pub action_status: Option<ActionStatus>,
    /// When the server created that action, by the server's clock.
    pub action_created_at: Option<Timestamp>,
    /// Whether someone else asked for that action.
    pub adopted: bool,
    pub cancel_asked: bool,
    pub reason: Option<Reason>,
    /// What was seen last that is worth telling: status, code, words.
    pub detail: Option<Detail>,
}

/// How the code of a machine's own error begins.
const DEVICE_ERROR: &str = "0x";

impl Default for Standing {
    fn default() -> Self {
        Self::NEW
    }
}

impl Standing {
    /// A machine that was queued and to which nothing has happened yet.
    pub const NEW: Self = Self {
        state: State::Queued,
        attempts: 0,
        attempts_counted: 0,
        absences: 0,
        resends: 0,
        misses: 0,
        not_before: None,
        first_sent_at: None,
        sent_at: None,
        settled_at: None,
        action: None,
        action_status: None,
        action_created_at: None,
        adopted: false,
        cancel_asked: false,
        reason: None,
        detail: None,
    };

    /// What it stands at after a fact that happened at `at`.
    ///
    /// # Errors
    /// [`Forbidden`] where the fact cannot happen in this state.
    pub fn after(&self, fact: &Fact, at: Timestamp) -> Result<Self, Forbidden> {
        let state = self.state.after(fact)?;
        let mut next = Self { state, ..self.clone() };
        next.absorb(fact, at);
        next.settled_at = if state.is_settled() { Some(at) } else { None };
        Ok(next)
    }

    /// What is wrong with it. Once its action succeeded or was cancelled, what was said to cancels
    /// before is history: only the machine's own error code is left.
    pub fn error(&self) -> Option<&Detail> {
        let is_over = matches!(self.state, State::Succeeded | State::Cancelled);
        let own = |detail: &&Detail| detail.code().starts_with(DEVICE_ERROR);
        self.detail.as_ref().filter(|detail| !is_over || own(detail) || detail.message.is_empty())
    }

    fn absorb(&mut self, fact: &Fact, at: Timestamp) {
        match fact {
            Fact::Sending => {
                self.attempts += 1;
                self.attempts_counted += 1;
                self.first_sent_at = self.first_sent_at.or(Some(at));
                self.sent_at = Some(at);
                self.not_before = None;
            }
            Fact::Accepted { action, status, adopted, http_status, created_at, .. } => {
                self.action = Some(action.clone());
                self.action_status = Some(status.clone());
                self.action_created_at = *created_at;
                self.adopted = *adopted;
                self.not_before = None;
                self.misses = 0;
                self.detail = http_status.map(|status| Detail::new(Some(status), None, ""));
            }
            Fact::Rejected { reason, detail } => {
                self.reason = Some(*reason);
                self.detail = Some(detail.clone());
            }
            Fact::Retrying { not_before, counts, detail } => {
                self.not_before = Some(*not_before);
                self.misses = 0;
                self.absences += u32::from(detail.http_status == Some(404));
                self.attempts_counted -= u32::from(!counts).min(self.attempts_counted);
                self.detail = Some(detail.clone());
            }
            Fact::Uncertain { detail, look_at, .. } => {
                self.not_before = Some(*look_at);
                self.misses = 0;
                self.detail = Some(detail.clone());
            }
            Fact::Missing(Missing::Again { look_at }) => {
                self.misses += 1;
                self.not_before = Some(*look_at);
            }
            Fact::Missing(Missing::Resend) => {
                self.misses = 0;
                self.resends += 1;
                self.not_before = None;
            }
            Fact::Held { detail } => {
                self.not_before = None;
                self.detail = Some(detail.clone());
            }
            Fact::ActionUpdated { status } => self.action_status = Some(status.clone()),
            Fact::ActionEnded { status, device_error } => {
                self.action_status = Some(status.clone());
                if let Some(code) = device_error.filter(|code| *code != 0) {
                    let code = format!("{DEVICE_ERROR}{:08X}", code & 0xFFFF_FFFF);
                    let said = format!("the machine reported error {code}");
                    self.detail = Some(Detail::new(None, Some(&code), &said));
                }
            }
            Fact::CancelAsked => self.cancel_asked = true,
            Fact::CancelRefused { detail } | Fact::CancelFailed { detail } => {
                self.detail = Some(detail.clone());
            }
            Fact::Skipped { reason } => {
                self.reason = Some(*reason);
                self.not_before = None;
            }
            Fact::Requeued => self.start_again(),
        }
    }

    /// Back to a machine that waits for its turn; what was sent so far stays on record.
    fn start_again(&mut self) {
        *self = Self {
            state: State::Queued,
            attempts: self.attempts,
            first_sent_at: self.first_sent_at,
            sent_at: self.sent_at,
            ..Self::NEW
        };
    }
}
