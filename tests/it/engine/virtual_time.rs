//! Whole runs under the driver in virtual time: hours in seconds.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use mde_offboard::domain::{BatchId, End, LimitGroup, State, Timestamp};
use mde_offboard::engine::{Clock, Conclusion, RunOptions, StopSignal, drive};
use mde_offboard::journal::Journal;
use mde_offboard::simulator::TenantOptions;

use super::seeds::number;
use crate::support::in_process::InProcess;
use crate::support::world::{START, World, assignment, batch_of};

/// A batch, a tenant that has its machines, and a clock, all in virtual time.
struct Stage {
    journal: Journal,
    batch: BatchId,
    remote: InProcess,
    clock: Clock,
    options: RunOptions,
    stop: StopSignal,
}

impl Stage {
    fn new(machines: u32, tenant: TenantOptions, round_trip: Duration) -> Self {
        let options = RunOptions::default();
        let clock = Clock::starting_at(START);
        let (journal, batch) = batch_of(machines, &options);
        let remote = InProcess::new(World::new(tenant, machines), &clock, round_trip);
        Self { journal, batch, remote, clock, options, stop: StopSignal::new() }
    }

    async fn drive(&mut self) -> Conclusion {
        let assignment = assignment(self.batch, &self.options);
        let (journal, clock, stop) = (&mut self.journal, &self.clock, self.stop.clone());
        let driven = drive(journal, &self.remote, &assignment, &mut [], clock, stop).await;
        driven.expect("the run comes to an end")
    }

    fn world(&self) -> Rc<RefCell<World>> {
        Rc::clone(&self.remote.world)
    }
}

/// Drives this many machines to their end; the first forecast must be within a hundredth.
async fn check(machines: u32) {
    let round_trip = Duration::from_millis(300);
    let mut stage = Stage::new(machines, TenantOptions::default(), round_trip);
    let conclusion = stage.drive().await;
    assert_eq!(conclusion.end, End::Settled);
    assert_eq!(conclusion.counts.of(State::Succeeded), u64::from(machines));
    assert_eq!(stage.remote.most_in_flight(), 8, "all places are used, and no more");
    let world = stage.world();
    let tenant = &world.borrow().tenant;
    assert_eq!(tenant.summary().posts, machines as usize, "each machine exactly once");
    assert_eq!(tenant.summary().refused_429, 0, "no request met a full window");
    for (window, most) in tenant.fullest(LimitGroup::Posts) {
        assert_eq!(most, window.limit(), "{window} is filled, and not exceeded");
    }
    let batch = stage.journal.batch(stage.batch).expect("readable").expect("there");
    let seconds = |at: Timestamp| at.since(START).as_secs_f64();
    let forecast = stage.journal.first_forecast(stage.batch).expect("readable");
    let forecast = seconds(forecast.expect("a forecast at the start"));
    let took = seconds(batch.last_sent_at.expect("something was sent"));
    assert!((took / forecast - 1.0).abs() < 0.01, "forecast {forecast} s, took {took} s");
}

#[tokio::test(start_paused = true)]
async fn machines_that_stay_pending_end_the_run_after_the_track_timeout() {
    let tenant = TenantOptions { stay_pending_share: 1.0, ..TenantOptions::default() };
    let mut stage = Stage::new(50, tenant, Duration::from_millis(100));
    let conclusion = stage.drive().await;
    assert_eq!(conclusion.end, End::Pending);
    assert_eq!(conclusion.counts.of(State::Pending), 50);
    let after = conclusion.ended_at.since(START);
    let timeout = stage.options.track_timeout;
    let range = timeout..timeout + Duration::from_mins(1);
    assert!(range.contains(&after), "{after:?} after the start");
}

#[tokio::test(start_paused = true)]
async fn a_stop_sends_nothing_more_and_waits_for_what_is_in_flight() {
    let mut stage = Stage::new(500, TenantOptions::default(), Duration::from_secs(2));
    let (stop, world) = (stage.stop.clone(), stage.world());
    let ask = async {
        let never = std::future::pending::<()>();
        let passed = tokio::time::timeout(Duration::from_secs(7), never).await;
        passed.expect_err("seven seconds passed");
        stop.request();
    };
    let (conclusion, ()) = futures::join!(stage.drive(), ask);
    assert_eq!(conclusion.end, End::Interrupted);
    assert_eq!(conclusion.counts.of(State::Sending), 0, "nothing in flight was dropped");
    let posts = world.borrow().tenant.summary().posts;
    let accepted = 500 - conclusion.counts.of(State::Queued);
    assert_eq!(u64::try_from(posts).expect("small"), accepted, "every answer was recorded");
    assert!((1..100).contains(&accepted), "and the rest was not sent: {accepted}");
    let after = conclusion.ended_at.since(START);
    assert!(after < Duration::from_secs(10), "it took {after:?}");
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{check, number};

    #[tokio::test(start_paused = true)]
    async fn ten_thousand_machines_end_when_the_forecast_said_and_never_exceed_a_window() {
        check(10_000).await;
    }

    /// `MDE_OFFBOARD_MACHINES` asks for more: 100,000 are 66 hours of virtual time.
    #[tokio::test(start_paused = true)]
    async fn any_number_of_machines_ends_when_the_forecast_said_and_never_exceeds_a_window() {
        let machines = number("MDE_OFFBOARD_MACHINES", 1_600);
        check(u32::try_from(machines).expect("few")).await;
    }
}
