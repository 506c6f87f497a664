//! What one seed draws: the batch, its options, and all that goes wrong.

use std::fmt;
use std::time::Duration;

use mde_offboard::domain::{DayHours, OpeningHours, Window};
use mde_offboard::engine::{OnUncertain, RunOptions, SecondLook};
use mde_offboard::guard::FailureLimit;
use mde_offboard::limiter::Pace;
use mde_offboard::simulator::{Behaviour, Fault, PageFault, Route, Rule, Which};

use crate::support::dice::Dice;

use super::faults::{CHANGED, rules, share};

/// How lists come in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    /// As many rows as were asked for.
    AsAsked,
    /// Fewer, with a link to the next page.
    Linked,
}

/// One simulation, in all its parts. "Once in": in this many chances; 0: never.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) machines: u32,
    pub(crate) options: RunOptions,
    pub(crate) page_rows: usize,
    /// What requests meet at the server.
    pub(crate) rules: Vec<Rule>,
    /// Once in: the request never leaves, and it is certain.
    pub(crate) refused: u64,
    /// Once in: it never arrives, and nobody can tell.
    pub(crate) lost: u64,
    /// Once in: there is no token.
    pub(crate) no_token: u64,
    /// Once in steps: the network is gone for minutes or hours.
    pub(crate) outage: u64,
    /// How long after its request a late effect comes, at most.
    pub(crate) late_max: Duration,
    /// How long after its creation an action is not listed yet, at most.
    pub(crate) lag: Duration,
    pub(crate) pages: Pages,
    /// From the first accepted request on, no list ever shows an action.
    pub(crate) hides: bool,
    /// How far the server's clock is ahead, in seconds.
    pub(crate) skew: i64,
    /// The client renews its token only once it was refused.
    pub(crate) forgetful: bool,
    /// Once in steps: the process dies.
    pub(crate) crash: u64,
    /// Most crashes.
    pub(crate) crashes_max: u32,
    /// Once in steps: the client's wall clock is set.
    pub(crate) clock: u64,
    /// It may be set forwards, too: then calls of an earlier life look older than they are.
    pub(crate) forwards: bool,
    /// How often the journal is replaced by an older copy.
    pub(crate) rollbacks: u32,
    /// Once in turns: Ctrl-C.
    pub(crate) interrupted: u64,
    /// Once in lives: `stop` from elsewhere.
    pub(crate) stopped: u64,
    /// Once in lives: `track` in the place of `resume`.
    pub(crate) tracked: u64,
    /// Once in lives: `cancel`.
    pub(crate) cancelled: u64,
    /// How often what ended badly is sent again.
    pub(crate) retries: u32,
    /// Once in machines: it is not an ordinary one.
    pub(crate) odd: u64,
    /// Once in steps: somebody else asks for a machine to be offboarded.
    pub(crate) colleague: u64,
    /// Machines are compared with the inventory before they are sent.
    pub(crate) second_look: Option<SecondLook>,
}

impl Plan {
    /// Ordinary machines, small windows so that a few dozen fill them several times, no faults.
    pub(crate) fn calm(machines: u32, seed: u64) -> Self {
        let limits = ["10/1m", "60/15m"].map(|limit| Window::parse(limit).expect("a limit"));
        let options = RunOptions {
            limits: limits.to_vec(),
            concurrency: 4,
            // A run that gives up is told by other tests; here each one comes to its end.
            offline_timeout: Some(Duration::from_hours(24 * 30)),
            ..RunOptions::default()
        };
        Self {
            seed,
            machines,
            options,
            page_rows: 10_000,
            rules: Vec::new(),
            refused: 0,
            lost: 0,
            no_token: 0,
            outage: 0,
            late_max: Duration::from_secs(2),
            lag: Duration::ZERO,
            pages: Pages::AsAsked,
            hides: false,
            skew: 0,
            forgetful: false,
            crash: 0,
            crashes_max: u32::MAX,
            clock: 0,
            forwards: false,
            rollbacks: 0,
            interrupted: 0,
            stopped: 0,
            tracked: 0,
            cancelled: 0,
            retries: 0,
            odd: 0,
            colleague: 0,
            second_look: None,
        }
    }

    /// Anything may happen that a batch can live through.
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x5EED_0F90_01DF_A175);
        let rollbacks = if dice.once_in(4) { dice.one_of(&[1, 2]) } else { 0 };
        let plan = Self::with(seed, rollbacks, &mut dice);
        let pages = dice.one_of(&[Pages::AsAsked, Pages::AsAsked, Pages::Linked]);
        // A quarter of them: machines that are left alone have no actions.
        let second_look = seed.is_multiple_of(4).then_some(SecondLook { read_at: None });
        let plan = Self { pages, second_look, ..plan.with_guards() };
        match dice.below(8) {
            0 | 1 => plan.with_changed_comments(&mut dice),
            2 => plan.with_hidden_actions(),
            _ => plan,
        }
    }

    /// The same, and the journal is replaced by an older copy, twice.
    pub(crate) fn restored(seed: u64) -> Self {
        Self::with(seed, 2, &mut Dice::new(seed ^ 0x0B4C_C4B5_0F7E_57ED)).with_guards()
    }

    /// One in three has guards and hours, drawn apart: the others are what they always were.
    fn with_guards(self) -> Self {
        const LIMITS: [Option<FailureLimit>; 3] =
            [None, Some(FailureLimit::Machines(2)), Some(FailureLimit::Share(10))];
        if !self.seed.is_multiple_of(3) {
            return self;
        }
        let mut dice = Dice::new(self.seed ^ 0x6A2D_5AFE_0F1E_57ED);
        let mut clock = || format!("{:02}:{:02}", dice.below(24), dice.below(60));
        let between = format!("{}-{}", clock(), clock());
        let between = DayHours::parse(&between, "Europe/Berlin").ok();
        let between = between.filter(|_| dice.once_in(3));
        let options = RunOptions {
            canary: dice.one_of(&[0, 1, 5, 20, 1_000]),
            canary_wait: Duration::from_mins(dice.within(5, 90)),
            failures_max: dice.one_of(&LIMITS),
            hours: OpeningHours { between, ..OpeningHours::default() },
            ..self.options
        };
        Self { options, ..self }
    }

    /// Whether lists give comments back in another shape than they were sent in.
    pub(crate) fn changes_comments(&self) -> bool {
        let changes =
            |rule: &Rule| matches!(rule.fault, Fault::Page(fault) if CHANGED.contains(&fault));
        self.rules.iter().any(changes)
    }

    /// A server that changes comments in its own way, in each list or now and then.
    fn with_changed_comments(self, dice: &mut Dice) -> Self {
        let often = dice.one_of(&[0.2, 1.0]);
        let rule = share(Route::Actions, often, Fault::Page(dice.one_of(&CHANGED)));
        let mut rules = self.rules;
        rules.push(rule);
        // Without markers nothing says that a part of the journal is lost.
        Self { rules, rollbacks: 0, ..self }
    }

    /// A server whose lists stand still. Effects come soon, or nothing could tell a doubt whose
    /// action is hidden from one that has none.
    fn with_hidden_actions(self) -> Self {
        let track_timeout = Duration::from_mins(20);
        let options = RunOptions { track_timeout, ..self.options };
        let (late_max, lag) = (Duration::from_secs(2), Duration::ZERO);
        // Who queues a held machine again has looked for its action elsewhere. And what is taken
        // back is no longer expected in a list: then nothing tells that lists stand still.
        let (rollbacks, retries, cancelled) = (0, 0, 0);
        Self { hides: true, options, late_max, lag, rollbacks, retries, cancelled, ..self }
    }

    /// Effects come late, processes die, and the client's clock is set by up to a day.
    pub(crate) fn late_and_set(seed: u64) -> Self {
        let rules = vec![share(Route::Offboard, 0.2, Fault::Late)];
        let late_max = Duration::from_secs(280);
        Self { rules, late_max, clock: 30, forwards: true, crash: 60, ..Self::calm(30, seed) }
    }

    /// Older copies again and again, effects that come late, and processes that die between any
    /// two of many pages, some of which repeat rows.
    pub(crate) fn torn(seed: u64) -> Self {
        let rules = vec![
            share(Route::Offboard, 0.25, Fault::Late),
            share(Route::Actions, 0.5, Fault::Page(PageFault::Repeated)),
        ];
        let calm = Self::calm(40, seed);
        let settle = Duration::from_mins(2);
        Self {
            rules,
            options: RunOptions { settle, concurrency: 8, ..calm.options },
            late_max: Duration::from_secs(105),
            page_rows: 7,
            crash: 12,
            crashes_max: 60,
            rollbacks: 4,
            ..calm
        }
    }

    fn with(seed: u64, rollbacks: u32, dice: &mut Dice) -> Self {
        let machines = match dice.below(10) {
            0..5 => dice.within(10, 50),
            5..9 => dice.within(40, 85),
            _ => dice.within(100, 150),
        };
        let options = options(dice);
        // Late effects and late lists are told apart by nothing: together they are over by the
        // second look-up, less what the network may add. A journal whose part is lost waits for
        // the settle time alone.
        let gap = if rollbacks > 0 { Duration::ZERO } else { options.look_gap() };
        let known_by = (options.settle + gap).saturating_sub(Duration::from_secs(15));
        let late_max = dice.duration(known_by);
        let lag = if dice.once_in(2) {
            dice.duration(known_by.saturating_sub(late_max))
        } else {
            Duration::ZERO
        };
        Self {
            machines: u32::try_from(machines).expect("few"),
            page_rows: dice.one_of(&[7, 20, 50, 10_000]),
            rules: rules(dice, rollbacks > 0),
            refused: dice.one_of(&[0, 0, 10, 40]),
            lost: dice.one_of(&[0, 0, 15, 60]),
            no_token: dice.one_of(&[0, 0, 0, 200]),
            outage: dice.one_of(&[0, 0, 0, 400]),
            late_max,
            lag,
            skew: skew(dice),
            forgetful: dice.once_in(2),
            crash: dice.one_of(&[0, 40, 150, 400]),
            crashes_max: 15,
            clock: dice.one_of(&[0, 0, 60, 300]),
            forwards: dice.once_in(2),
            rollbacks,
            interrupted: dice.one_of(&[0, 0, 300]),
            stopped: dice.one_of(&[0, 0, 6]),
            tracked: dice.one_of(&[0, 6]),
            // `cancel` takes out what an older copy holds for unsent before anything is listed.
            cancelled: if rollbacks > 0 { 0 } else { dice.one_of(&[0, 0, 0, 8]) },
            retries: dice.one_of(&[0, 1, 2]),
            odd: dice.one_of(&[0, 5, 15]),
            colleague: dice.one_of(&[0, 0, 60]),
            options,
            ..Self::calm(0, seed)
        }
    }

    /// What becomes of a machine.
    pub(crate) fn behaviour(&self, index: u32) -> Behaviour {
        const ODD: [Behaviour; 7] = [
            Behaviour::StaysPending,
            Behaviour::Fails,
            Behaviour::TimesOut,
            Behaviour::UnsupportedPlatform,
            Behaviour::OldSensor,
            Behaviour::Busy,
            Behaviour::Unknown,
        ];
        let mut dice = Dice::new(self.seed.rotate_left(32) ^ u64::from(index));
        if dice.once_in(self.odd) { dice.one_of(&ODD) } else { Behaviour::Normal }
    }
}

fn options(dice: &mut Dice) -> RunOptions {
    const LIMITS: [&[&str]; 4] =
        [&["10/1m", "60/15m"], &["100/1m", "1500/1h"], &["6/20s", "90/10m"], &["30/1m"]];
    let limits = dice.one_of(&LIMITS).iter().map(|limit| Window::parse(limit).expect("a limit"));
    RunOptions {
        limits: limits.collect(),
        pace: if dice.once_in(5) { Pace::Steady } else { Pace::Burst },
        concurrency: usize::try_from(dice.within(1, 8)).expect("few"),
        attempts_max: u32::try_from(dice.within(3, 8)).expect("few"),
        settle: Duration::from_secs(dice.within(60, 300)),
        on_uncertain: if dice.once_in(8) { OnUncertain::Hold } else { OnUncertain::Resend },
        poll_interval: Duration::from_secs(dice.within(120, 600)),
        track_timeout: Duration::from_mins(dice.one_of(&[0, 10, 20])),
        offline_timeout: dice.one_of(&[None, Some(Duration::from_mins(5))]),
        ..RunOptions::default()
    }
}

fn skew(dice: &mut Dice) -> i64 {
    const DAY: u64 = 86_400;
    let seconds = match dice.below(4) {
        0 | 1 => 0,
        2 => dice.below(600),
        _ => dice.below(DAY),
    };
    let seconds = i64::try_from(seconds).expect("a day at most");
    if dice.once_in(2) { seconds } else { -seconds }
}

/// In words, for whoever has to find what a seed does.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {} machines, {:?}", self.seed, self.machines, self.options)?;
        let Self { late_max, lag, skew, page_rows, .. } = self;
        writeln!(
            f,
            "  effects late by {late_max:?}, listed late by {lag:?}, server {skew} s ahead, pages \
             of {page_rows}, {:?}, forgetful: {}, hides: {}",
            self.pages, self.forgetful, self.hides
        )?;
        let chances = [
            (self.refused, "refused"),
            (self.lost, "lost"),
            (self.no_token, "without token"),
            (self.outage, "outage"),
            (self.crash, "crash"),
            (self.clock, if self.forwards { "clock set" } else { "clock set back" }),
            (self.interrupted, "Ctrl-C"),
            (self.stopped, "stop"),
            (self.tracked, "track"),
            (self.cancelled, "cancel"),
            (self.odd, "odd machine"),
            (self.colleague, "colleague"),
        ];
        write!(f, "  {} rollbacks, {} retries", self.rollbacks, self.retries)?;
        for (times, name) in chances.iter().filter(|(times, _)| *times > 0) {
            write!(f, "; {name} once in {times}")?;
        }
        for Rule { route, which, fault } in &self.rules {
            let Which::Share(share) = which else { continue };
            write!(f, "\n  {route:?} {fault:?} {:.2}%", share * 100.0)?;
        }
        Ok(())
    }
}
