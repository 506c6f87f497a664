//! Which faults a plan may draw, and how often each.

use mde_offboard::domain::LimitGroup;
use mde_offboard::simulator::{Fault, Hint, PageFault, Route, Rule, When, Which};

use crate::support::dice::Dice;

pub(super) const fn share(route: Route, share: f64, fault: Fault) -> Rule {
    Rule { route, which: Which::Share(share), fault }
}

/// Each fault is in half of the plans, in a hundredth to a twentieth of the requests.
pub(super) fn rules(dice: &mut Dice, rolls_back: bool) -> Vec<Rule> {
    let scale = dice.one_of(&[0.0, 0.3, 1.0, 1.0]);
    let mut rules = Vec::new();
    for (route, often, fault) in FAULTS {
        // A page cut short looks like the end of the list. No machine in doubt depends on it; a
        // journal restored from an older copy does.
        let hides = matches!(fault, Fault::Page(PageFault::CutShort | PageFault::OtherMachine))
            && rolls_back;
        if scale > 0.0 && dice.once_in(2) && !hides {
            let often_here = f64::from(u32::try_from(dice.within(2, 50)).expect("few")) / 1_000.0;
            rules.push(share(*route, often_here * scale * often, *fault));
        }
    }
    rules
}

/// How comments may come back.
pub(super) const CHANGED: [PageFault; 4] = [
    PageFault::Uncommented,
    PageFault::CommentsCut,
    PageFault::CommentsInCapitals,
    PageFault::TypesInLowerCase,
];

/// Those that end a run, until somebody types `resume`, are rarer.
const RARE: f64 = 0.1;

const FAULTS: &[(Route, f64, Fault)] = &[
    (Route::Offboard, 1.0, Fault::Reset(When::Before)),
    (Route::Offboard, 1.0, Fault::Reset(When::After)),
    (Route::Offboard, 1.0, Fault::CutBody),
    (Route::Offboard, 1.0, Fault::Silence(When::Before)),
    (Route::Offboard, 1.0, Fault::Silence(When::After)),
    (Route::Offboard, 1.0, Fault::Drip),
    (Route::Offboard, 2.0, Fault::Late),
    (Route::Offboard, 1.0, Fault::Garbage),
    (Route::Offboard, 1.0, Fault::Empty),
    (Route::Offboard, 0.03, Fault::Huge),
    (Route::Offboard, 1.0, Fault::Proxy(200, When::Before)),
    (Route::Offboard, 1.0, Fault::Proxy(200, When::After)),
    (Route::Offboard, 1.0, Fault::Proxy(403, When::After)),
    (Route::Offboard, 1.0, Fault::Proxy(404, When::After)),
    (Route::Offboard, 1.0, Fault::Proxy(503, When::Before)),
    (Route::Offboard, 1.0, Fault::Proxy(504, When::After)),
    (Route::Offboard, RARE, Fault::Proxy(407, When::Before)),
    (Route::Offboard, RARE, Fault::Status(400, When::Before)),
    (Route::Offboard, 1.0, Fault::Status(401, When::Before)),
    (Route::Offboard, RARE, Fault::Status(403, When::Before)),
    (Route::Offboard, 1.0, Fault::Status(404, When::Before)),
    (Route::Offboard, 1.0, Fault::Status(408, When::Before)),
    (Route::Offboard, 1.0, Fault::Status(500, When::Before)),
    (Route::Offboard, 1.0, Fault::Status(500, When::After)),
    (Route::Offboard, 1.0, Fault::Status(503, When::After)),
    (Route::Offboard, 1.0, Fault::TooMany(Hint::Seconds(7))),
    (Route::Offboard, 1.0, Fault::TooMany(Hint::Date(30))),
    (Route::Offboard, 1.0, Fault::TooMany(Hint::PastDate)),
    (Route::Offboard, 1.0, Fault::TooMany(Hint::Unreadable)),
    (Route::Offboard, 1.0, Fault::TooMany(Hint::None)),
    (Route::Offboard, RARE, Fault::Redirect),
    (Route::Offboard, RARE, Fault::OtherMachine),
    (Route::Actions, 2.0, Fault::Reset(When::After)),
    (Route::Actions, 2.0, Fault::CutBody),
    (Route::Actions, 1.0, Fault::Silence(When::Before)),
    (Route::Actions, 1.0, Fault::Garbage),
    (Route::Actions, 1.0, Fault::Empty),
    (Route::Actions, 2.0, Fault::Status(500, When::Before)),
    (Route::Actions, 1.0, Fault::Status(404, When::Before)),
    (Route::Actions, 1.0, Fault::Status(401, When::Before)),
    (Route::Actions, RARE, Fault::Status(403, When::Before)),
    (Route::Actions, 1.0, Fault::TooMany(Hint::Seconds(20))),
    (Route::Actions, 1.0, Fault::Proxy(200, When::Before)),
    (Route::Actions, 1.0, Fault::Proxy(404, When::Before)),
    (Route::Actions, 2.0, Fault::Page(PageFault::Shuffled)),
    (Route::Actions, 4.0, Fault::Page(PageFault::Repeated)),
    (Route::Actions, 2.0, Fault::Page(PageFault::CutShort)),
    (Route::Actions, 2.0, Fault::Page(PageFault::ForeignLink)),
    (Route::Actions, RARE, Fault::Page(PageFault::OtherMachine)),
    (Route::Cancel, RARE, Fault::OtherMachine),
    (Route::Cancel, 5.0, Fault::Status(500, When::After)),
    (Route::Cancel, 5.0, Fault::Reset(When::Before)),
    (Route::Cancel, 2.0, Fault::Garbage),
    (Route::Cancel, 2.0, Fault::TooMany(Hint::Seconds(5))),
];

/// The route of a group's requests.
pub(super) const fn route(group: LimitGroup) -> Route {
    match group {
        LimitGroup::Posts => Route::Offboard,
        LimitGroup::Reads => Route::Actions,
        LimitGroup::Cancels => Route::Cancel,
    }
}
