//! Which request meets which fault.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::MachineId;

use super::super::draw::Draw;
use super::{Fault, Hint, PageFault, When};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    SignIn,
    /// `POST .../offboard`.
    Offboard,
    /// The list of actions, or one of them.
    Actions,
    /// `POST .../cancel`.
    Cancel,
    Machines,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedCall {
    pub route: Route,
    pub machine: Option<MachineId>,
}

/// Which requests of its route a rule is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Which {
    Always,
    Machine(MachineId),
    /// One of them, counted from 1.
    Nth(u64),
    /// All from this one on, counted from 1.
    From(u64),
    /// Each with this chance, 0 to 1.
    Share(f64),
}

/// One line of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    pub route: Route,
    pub which: Which,
    pub fault: Fault,
}

/// Plans by name, for people who rehearse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Faults {
    #[default]
    None,
    /// An ordinary bad day: some answers lost, some 5xx, some 429.
    Flaky,
    /// All that a run can live through, often.
    Hostile,
}

/// Which request meets which fault. The first rule that fits counts.
///
/// The same seed and the same requests in the same order meet the same faults.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultPlan {
    /// What chance begins with.
    pub seed: u64,
    /// In order.
    pub rules: Vec<Rule>,
    /// How long after its request the effect of [`Fault::Late`] comes, at most.
    pub late_max: Duration,
    /// Where [`Fault::Redirect`] and [`PageFault::ForeignLink`] point.
    pub elsewhere: String,
    seen: HashMap<Route, u64>,
}

impl FaultPlan {
    pub fn new(seed: u64, rules: Vec<Rule>) -> Self {
        Self {
            seed,
            rules,
            late_max: Duration::from_secs(2),
            elsewhere: "http://127.0.0.1:9".to_owned(),
            seen: HashMap::new(),
        }
    }

    /// The plan of a name. None of its faults ends a run: it takes longer, and some machines may
    /// be left to a person.
    pub fn named(faults: Faults, seed: u64) -> Self {
        let rules = match faults {
            Faults::None => Vec::new(),
            Faults::Flaky => rules(&FLAKY),
            Faults::Hostile => rules(&HOSTILE),
        };
        Self::new(seed, rules)
    }

    /// Counts a request, and says what it meets.
    pub fn meet(&mut self, request: PlannedCall) -> Option<Fault> {
        let nth = self.seen.entry(request.route).or_default();
        *nth += 1;
        let nth = *nth;
        let about = [nth.to_le_bytes(), (request.route as u64).to_le_bytes()].concat();
        // Shares of one request are parts of one draw, so that they add up.
        let mut left = Draw::new(self.seed, "fault", &about).share();
        self.rules.iter().filter(|rule| rule.route == request.route).find_map(|rule| {
            let fits = match rule.which {
                Which::Always => true,
                Which::Machine(machine) => request.machine == Some(machine),
                Which::Nth(number) => nth == number,
                Which::From(number) => nth >= number,
                Which::Share(share) => {
                    let hit = left < share;
                    left -= share;
                    hit
                }
            };
            fits.then_some(rule.fault)
        })
    }
}

fn rules(table: &[(Route, f64, Fault)]) -> Vec<Rule> {
    let rule = |(route, share, fault): &(Route, f64, Fault)| Rule {
        route: *route,
        which: Which::Share(*share),
        fault: *fault,
    };
    table.iter().map(rule).collect()
}

const FLAKY: [(Route, f64, Fault); 14] = [
    (Route::Offboard, 0.010, Fault::Reset(When::Before)),
    (Route::Offboard, 0.010, Fault::Reset(When::After)),
    (Route::Offboard, 0.005, Fault::Silence(When::After)),
    (Route::Offboard, 0.010, Fault::Proxy(503, When::Before)),
    (Route::Offboard, 0.005, Fault::Status(500, When::After)),
    (Route::Offboard, 0.005, Fault::Status(404, When::Before)),
    (Route::Offboard, 0.005, Fault::TooMany(Hint::Seconds(1))),
    (Route::Offboard, 0.005, Fault::Late),
    (Route::Actions, 0.020, Fault::Reset(When::After)),
    (Route::Actions, 0.020, Fault::Proxy(502, When::Before)),
    (Route::Actions, 0.020, Fault::Status(500, When::Before)),
    (Route::Actions, 0.050, Fault::Page(PageFault::Shuffled)),
    (Route::Cancel, 0.050, Fault::Status(500, When::After)),
    (Route::SignIn, 0.050, Fault::Proxy(503, When::Before)),
];

/// All that a run can live through. What ends one (another machine's answer, a redirect, refusals
/// in a row) is not in it.
const HOSTILE: [(Route, f64, Fault); 30] = [
    (Route::Offboard, 0.025, Fault::Reset(When::Before)),
    (Route::Offboard, 0.025, Fault::Reset(When::After)),
    (Route::Offboard, 0.015, Fault::CutBody),
    (Route::Offboard, 0.010, Fault::Silence(When::Before)),
    (Route::Offboard, 0.010, Fault::Silence(When::After)),
    (Route::Offboard, 0.005, Fault::Drip),
    (Route::Offboard, 0.015, Fault::Late),
    (Route::Offboard, 0.010, Fault::Garbage),
    (Route::Offboard, 0.010, Fault::Empty),
    (Route::Offboard, 0.005, Fault::Huge),
    (Route::Offboard, 0.010, Fault::Proxy(200, When::Before)),
    (Route::Offboard, 0.020, Fault::Proxy(503, When::Before)),
    (Route::Offboard, 0.020, Fault::Proxy(504, When::After)),
    (Route::Offboard, 0.010, Fault::Proxy(403, When::After)),
    (Route::Offboard, 0.020, Fault::Status(500, When::Before)),
    (Route::Offboard, 0.020, Fault::Status(503, When::After)),
    (Route::Offboard, 0.020, Fault::Status(404, When::Before)),
    (Route::Offboard, 0.010, Fault::Status(401, When::Before)),
    (Route::Offboard, 0.010, Fault::TooMany(Hint::Seconds(1))),
    (Route::Offboard, 0.005, Fault::TooMany(Hint::PastDate)),
    (Route::Offboard, 0.005, Fault::TooMany(Hint::Unreadable)),
    (Route::Actions, 0.030, Fault::Reset(When::After)),
    (Route::Actions, 0.020, Fault::CutBody),
    (Route::Actions, 0.030, Fault::Status(500, When::Before)),
    (Route::Actions, 0.020, Fault::Garbage),
    (Route::Actions, 0.020, Fault::Proxy(200, When::Before)),
    (Route::Actions, 0.100, Fault::Page(PageFault::Shuffled)),
    (Route::Actions, 0.100, Fault::Page(PageFault::Repeated)),
    (Route::Cancel, 0.100, Fault::Status(500, When::After)),
    (Route::SignIn, 0.100, Fault::Proxy(503, When::Before)),
];
