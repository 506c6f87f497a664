//! A computer sleeps whose monotonic clock goes on meanwhile, as that of Windows does: no patience
//! ends by that.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use mde_offboard::domain::{ClockGap, End, State, Timestamp, Trouble};
use mde_offboard::engine::{Ask, Clock, Conclusion, RunOptions, StopSignal, drive, keep_trying};
use mde_offboard::event::{Event, Happening, Observer, Snapshot};
use mde_offboard::simulator::TenantOptions;

use crate::support::in_process::{InProcess, Intervention, pass};
use crate::support::script::{detail, no_list, silence, trouble, unreachable};
use crate::support::world::{START, World, assignment, batch_of};

const MINUTE: Duration = Duration::from_mins(1);
const SLEEP: Duration = Duration::from_hours(14);

/// Gaps, as they are told.
#[derive(Clone, Default)]
struct Gaps(Rc<RefCell<Vec<ClockGap>>>);

impl Observer for Gaps {
    fn event(&mut self, event: &Event) {
        if let Happening::ClockGap(gap) = event.what {
            self.0.borrow_mut().push(gap);
        }
    }

    fn tick(&mut self, _: &Snapshot) {}
}

/// From two minutes on `meets` answers in the tenant's place. Two minutes later the computer sleeps
/// for fourteen hours, and twenty seconds after it woke up all is well again. The end, and how many
/// POSTs the tenant saw. The sleep is told.
async fn asleep(machines: u32, meets: Intervention) -> (Conclusion, usize) {
    let options = RunOptions::default();
    let (mut journal, batch) = batch_of(machines, &options);
    let clock = Clock::starting_at(START);
    let world = World::new(TenantOptions::default(), machines);
    let remote = InProcess::new(world, &clock, Duration::from_millis(200));
    let (assignment, stop) = (assignment(batch, &options), StopSignal::new());
    let gaps = Gaps::default();
    let mut observers: [Box<dyn Observer>; 1] = [Box::new(gaps.clone())];
    let driven = drive(&mut journal, &remote, &assignment, &mut observers, &clock, stop);
    let sleeping = async {
        pass(2 * MINUTE).await;
        *remote.intervenes.borrow_mut() = meets;
        pass(2 * MINUTE).await;
        tokio::time::advance(SLEEP).await;
        pass(Duration::from_secs(20)).await;
        *remote.intervenes.borrow_mut() = Box::new(|_| None);
    };
    let (driven, ()) = futures::join!(driven, sleeping);
    let from = START.plus(4 * MINUTE);
    let [gap] = gaps.0.borrow()[..] else { panic!("it is told once") };
    let near = |at: Timestamp, other: Timestamp| at.since(other).max(other.since(at)) < MINUTE;
    assert!(near(gap.from, from) && near(gap.until, from.plus(SLEEP)), "{gap:?}");
    let posts = remote.world.borrow().tenant.summary().posts;
    (driven.expect("the run comes to an end"), posts)
}

/// Every request meets this.
fn always(met: Trouble) -> Intervention {
    Box::new(move |ask| {
        let met = met.clone();
        Some(if matches!(ask, Ask::Submit { .. }) { trouble(met) } else { no_list(met) })
    })
}

/// POSTs get no answer, and lists do.
fn posts_are_lost() -> Intervention {
    Box::new(|ask| matches!(ask, Ask::Submit { .. }).then(silence))
}

#[tokio::test(start_paused = true)]
async fn a_run_without_a_network_a_sign_in_or_an_answer_goes_on_when_it_wakes_up() {
    let sign_in = Trouble::SignIn(detail(401, "AADSTS90033"));
    for meets in [always(unreachable()), always(sign_in), posts_are_lost()] {
        let (conclusion, posts) = asleep(400, meets).await;
        assert_eq!(conclusion.end, End::Settled, "{:?}", conclusion.why);
        assert_eq!((conclusion.counts.of(State::Succeeded), posts), (400, 400));
    }
}

#[tokio::test(start_paused = true)]
async fn actions_that_could_not_be_followed_are_followed_when_it_wakes_up() {
    let (conclusion, posts) = asleep(5, always(unreachable())).await;
    assert_eq!(conclusion.end, End::Settled, "{:?}", conclusion.why);
    assert_eq!((conclusion.counts.of(State::Succeeded), posts), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_before_there_is_a_batch_is_tried_on_when_it_wakes_up() {
    let clock = Clock::starting_at(START);
    let is_well = Cell::new(false);
    let sign_in = async || if is_well.get() { Ok(()) } else { Err("no network") };
    let passes = |_: &&str| Some(Duration::ZERO);
    let tried = keep_trying((&clock, 15 * MINUTE), sign_in, passes, |_, _, _| {});
    let sleeping = async {
        pass(4 * MINUTE).await;
        tokio::time::advance(SLEEP).await;
        pass(Duration::from_secs(20)).await;
        is_well.set(true);
    };
    assert_eq!(futures::join!(tried, sleeping).0, Ok(()));
}
