//! The gate: one decision over the ledger, the pace and the freeze.
//!
//! Called by the engine, which waits and sends. Deliberately absent: waiting, and the queue of who
//! goes next.

use std::time::Duration;

use super::ledger::{Guards, Ledger, Room, whole_micros};
use super::pace::Pace;
use super::pausing::Pausing;
use super::send_shape::SendShape;
use crate::domain::{Phantoms, Steady, Window};

#[derive(Debug, Clone)]
pub struct GateOptions {
    /// The limits, all of which hold at once; at least one.
    pub limits: Vec<Window>,
    /// Extra time beyond the windows.
    pub guards: Guards,
    pub pace: Pace,
}

/// Whether a call may go now. A refusal names the instant, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may. The slot is not taken yet: [`Gate::sent`] takes it.
    Go,
    /// Not before this instant. At it, asking again says [`Self::Go`] unless something new came;
    /// after a freeze it may also wait for an answer that is still under way.
    NotBefore {
        at: Steady,
        /// What holds it up the longest.
        why: Why,
    },
    /// All slots of the limit belong to calls in flight: only a receipt makes room.
    AwaitReceipt { window: Window },
    /// After a freeze to which the server gave no time, or that our own count does not explain, one
    /// call at a time goes out until one is answered otherwise: only a receipt makes room.
    AwaitProbe,
}

/// What a 429 says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaRefusal {
    /// How long to wait, counted from the receipt; none where the server did not say.
    pub retry_after: Option<Duration>,
    /// Length of the window that is full; none where the server did not say.
    pub window: Option<Duration>,
}

/// What follows a 429; all of it for the next process too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Nothing is sent before.
    pub until: Steady,
    /// 429s in a row that named no time.
    pub streak: u32,
    /// Slots that somebody else takes, where our own count does not explain the 429.
    pub filled: Option<Filled>,
}

/// Slots of one limit that somebody else takes, or that the server counts otherwise than we do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    pub window: Window,
    pub calls: u32,
    pub until: Steady,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Window(Window),
    /// A 429.
    Freeze,
    Pace,
}

/// Decides when the next call of one group of limits may go.
///
/// For every call: [`Self::admit`] until it says [`Admission::Go`], then [`Self::sent`], then
/// exactly one of [`Self::receipt`] and [`Self::unanswered`]; after a receipt [`Self::too_many`] or
/// [`Self::answered_well`], as the answer was. Times are given in order; none of the decisions
/// depends on how many calls there are in all.
#[derive(Debug)]
pub struct Gate {
    ledger: Ledger,
    shape: SendShape,
    freeze: Pausing,
    margin: Duration,
    horizon: Duration,
}

impl Gate {
    /// Longest time for which the bytes of a call without an answer are taken to be under way.
    const MARGIN_MAX: Duration = Duration::from_secs(5);

    /// A gate without history.
    ///
    /// # Panics
    /// Without a limit: such a gate would let everything through.
    pub fn new(options: &GateOptions) -> Self {
        let GateOptions { limits, guards, pace } = options;
        let by_length = |window: &&Window| window.duration();
        let shortest = limits.iter().min_by_key(by_length).expect("a gate has a limit");
        let longest = limits.iter().max_by_key(by_length).expect("a gate has a limit");
        let gap = |window: &Window| guards.span(window) / window.limit();
        let even_gap = limits.iter().map(gap).max().expect("a gate has a limit");
        // The 5 s of Defender's minute, and the same share of a shorter window.
        let margin = whole_micros(Self::MARGIN_MAX.min(shortest.duration() / 12));
        Self {
            ledger: Ledger::new(limits, *guards),
            shape: SendShape::new(*pace, gap(shortest), even_gap, longest.duration()),
            freeze: Pausing::new(guards.of(shortest), shortest.duration(), longest.duration()),
            margin,
            horizon: guards.span(longest).saturating_add(margin),
        }
    }

    /// A call of an earlier process, by its receipt on this process's monotonic axis. A call that
    /// has no receipt on record gets now + [`Self::margin`]. Any order; those older than
    /// [`Self::horizon`] may be left out.
    pub fn restore(&mut self, receipt: Steady) {
        self.ledger.restore(receipt);
    }

    /// The freeze in which an earlier process left the group: until when, and how many 429s in a
    /// row had named no time.
    pub(super) fn restore_freeze(&mut self, until: Steady, streak: u32, now: Steady) {
        self.freeze.restore(until, streak, now);
    }

    /// Slots that somebody else takes, as an earlier process learned. They count for the limit of
    /// the same length, for one window at most.
    pub(super) fn restore_phantoms(&mut self, phantoms: &Phantoms, until: Steady, now: Steady) {
        let index = self.ledger.nearest(phantoms.window.duration());
        let window = self.ledger.window(index);
        // Another limit may have been asked for since: of that one nothing is known.
        if window.duration() == phantoms.window.duration() {
            let latest = now.plus(window.duration());
            self.ledger.fill(index, phantoms.calls, until.min(latest));
        }
    }

    /// Whether a call may go at `now`. Takes nothing: asking twice is harmless.
    pub fn admit(&mut self, now: Steady) -> Admission {
        let frozen_until = self.freeze.until();
        let room = self.ledger.room(now);
        let awaited = match room {
            _ if self.freeze.is_probing() && self.ledger.in_flight() > 0 => {
                Some(Admission::AwaitProbe)
            }
            Room::AllInFlight(window) => Some(Admission::AwaitReceipt { window }),
            Room::Now | Room::NotBefore(..) => None,
        };
        match awaited {
            // Until then an answer changes nothing, and an instant says more.
            Some(_) if now < frozen_until => {
                return Admission::NotBefore { at: frozen_until, why: Why::Freeze };
            }
            Some(awaited) => return awaited,
            None => {}
        }
        // Of equal instants the first reason is told: a 429 explains more than a full window, and
        // that more than the pace.
        let mut latest = (frozen_until, Why::Freeze);
        if let Room::NotBefore(at, window) = room
            && at > latest.0
        {
            latest = (at, Why::Window(window));
        }
        if let Some(opens_at) = self.shape.opens_at(now)
            && opens_at > latest.0
        {
            latest = (opens_at, Why::Pace);
        }
        let (at, why) = latest;
        if at <= now { Admission::Go } else { Admission::NotBefore { at, why } }
    }

    /// A call goes out at `now`, read from the clock after the wait: it takes a slot of every
    /// limit.
    pub fn sent(&mut self, now: Steady) {
        self.ledger.sent();
        self.freeze.sent();
        self.shape.sent(now);
    }

    /// Any answer to a call came at `at`: its slots come back a window later.
    pub fn receipt(&mut self, at: Steady) {
        self.ledger.receipt(at);
    }

    /// A call was given up at `gave_up_at` without an answer: it may have arrived, or arrive yet,
    /// so that it counts as answered a [`Self::margin`] later.
    pub fn unanswered(&mut self, gave_up_at: Steady) {
        self.ledger.receipt(gave_up_at.plus(self.margin));
    }

    /// How long after it was given up a call may still arrive: a twelfth of the shortest window, at
    /// most 5 s.
    pub fn margin(&self) -> Duration {
        self.margin
    }

    /// A call was answered 429 at `at`. Gives what follows, for [`Self::remember`] of a later
    /// process.
    ///
    /// A `retry_after` counts from `at`, for an hour (or the longest window) at most, and the guard
    /// of the shortest window is added. Without one, or where it is zero, nothing is sent until our
    /// own ledger has room, and at least for the shortest window, doubled for each further such 429
    /// in a row up to the longest; then calls go one at a time until one is answered otherwise. The
    /// 429s of calls that were in flight at the first one only extend the freeze.
    ///
    /// Which limit is full is taken from the refusal, else from how long it asks to wait. Where our
    /// own count for that limit is below it, somebody else uses the quota, or the server counts
    /// otherwise: the difference is filled up, until the end of the freeze where the server named
    /// one, else for a window; calls go one at a time after the freeze, and the next coarser shape
    /// is taken until there was no 429 for the longest window.
    pub fn too_many(&mut self, at: Steady, refusal: QuotaRefusal) -> Pause {
        let QuotaRefusal { retry_after, window } = refusal;
        let retry_after = retry_after.filter(|wait| !wait.is_zero());
        let room_at = match self.ledger.room(at) {
            Room::NotBefore(room_at, _) => room_at,
            Room::Now | Room::AllInFlight(_) => at,
        };
        let index = match (window, retry_after) {
            (Some(length), _) => self.ledger.nearest(length),
            (None, wait) => self.ledger.waits_for(wait.unwrap_or(Duration::ZERO)),
        };
        let missing = self.ledger.missing(index, at);
        let (until, streak) = self.freeze.too_many(at, retry_after, room_at);
        if missing == 0 {
            self.shape.disturb(at);
            return Pause { until, streak, filled: None };
        }
        let window = self.ledger.window(index);
        let filled_until = match retry_after {
            Some(_) => until,
            None => at.plus(window.duration()),
        };
        self.ledger.fill(index, missing, filled_until);
        self.shape.coarsen(at);
        self.freeze.be_careful();
        Pause {
            until,
            streak,
            filled: Some(Filled { window, calls: missing, until: filled_until }),
        }
    }

    /// A call was answered otherwise than 429: the row of 429s is over, and so is sending one at a
    /// time. Says nothing when the call was sent before the last 429 came.
    pub fn answered_well(&mut self) {
        self.freeze.answered_well();
    }

    /// The slots taken at `now`, in flight and not yet given back, limit by limit in the order of
    /// the options.
    pub fn usage(&mut self, now: Steady) -> Vec<(Window, u32)> {
        self.ledger.usage(now)
    }

    /// How far back calls matter, counted from their receipts: the longest W + G, and the margin.
    pub fn horizon(&self) -> Duration {
        self.horizon
    }

    /// For how long a call keeps its slot of the shortest limit.
    pub(super) fn shortest_span(&self) -> Duration {
        self.ledger.shortest_span()
    }

    pub(super) fn in_flight(&self) -> u32 {
        self.ledger.in_flight()
    }

    /// Whether both gates decide the same from now on, each at its own time: then everything that
    /// follows is the same as well, only later.
    pub(super) fn stands_as(&self, now: Steady, other: &Self, then: Steady) -> bool {
        self.freeze.stands_as(now, &other.freeze, then)
            && self.shape.stands_as(now, &other.shape, then)
            && self.ledger.stands_as(now, &other.ledger, then)
    }

    /// Every instant so much later.
    pub(super) fn go_ahead(&mut self, by: Duration) {
        self.ledger.go_ahead(by);
        self.shape.go_ahead(by);
        self.freeze.go_ahead(by);
    }

    /// The same gate, to be run forward. Not `Clone`: outside, two gates for one server would let
    /// twice the limit through.
    pub(super) fn copy(&self) -> Self {
        Self {
            ledger: self.ledger.clone(),
            shape: self.shape.copy(),
            freeze: self.freeze.clone(),
            ..*self
        }
    }
}
