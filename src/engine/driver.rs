//! Waits, makes the requests, tells the observers. The only sleeper of a run.
//!
//! One task owns the journal; there is no lock, no channel and no thread between a decision and
//! its commit. Answers are gathered until a pass of the runtime brings no more, so that those at
//! hand and the intents for the places that they free share one commit.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use crate::domain::{CallId, End};
use crate::event::{Event, Observer, Snapshot};
use crate::journal::Journal;
use crate::remote::Remote;

use super::clock::AWAY;
use super::scheduler::{Answered, Arrival, Ask, Request};
use super::{Assignment, Clock, Conclusion, EngineError, Session, StopSignal, Turn};

/// How often the screen is drawn and a stop request is looked for.
const TICK: Duration = Duration::from_secs(1);

type InFlight = FuturesUnordered<Pin<Box<dyn Future<Output = (CallId, Answered)>>>>;

/// Drives a batch to its end.
///
/// Runs inside a tokio runtime with timers. Observers are told only what the journal has.
///
/// # Errors
/// The journal cannot be used any more, or the batch is not in it. Nothing is sent after that; what
/// was in flight is looked up when the batch is resumed.
pub async fn drive<R: Remote>(
    journal: &mut Journal,
    remote: &R,
    assignment: &Assignment,
    observers: &mut [Box<dyn Observer>],
    clock: &Clock,
    stop: StopSignal,
) -> Result<Conclusion, EngineError> {
    let asked = stop.clone();
    journal.hurry_when(move || asked.is_requested());
    let mut session = Session::open(journal, assignment, remote.page_rows(), clock.now())?;
    let mut in_flight = InFlight::new();
    let mut ticks = ticks();
    let mut arrivals = Vec::new();
    let mut asked_to_stop = false;
    let mut last_turn = clock.now().steady;
    loop {
        // Between two turns lie a tick, a commit and the writing of some lines.
        let now = clock.now();
        let passed = now.steady.since(std::mem::replace(&mut last_turn, now.steady));
        if passed >= AWAY {
            session.was_away(passed, now);
        }
        let Turn { requests, events, wakes_at, conclusion } =
            session.turn(now, std::mem::take(&mut arrivals))?;
        for request in requests {
            in_flight.push(make(remote, request));
        }
        if let Some(conclusion) = conclusion {
            // The last picture comes before the word that it is over.
            let last = session.tick(clock.now())?;
            show(observers, &last);
            tell(observers, &events);
            return Ok(conclusion);
        }
        tell(observers, &events);
        let wake = wakes_at.map(|at| clock.instant(at));
        tokio::select! {
            biased;
            Some(first) = in_flight.next() => {
                arrivals.push(arrival(first, clock));
                gather(&mut in_flight, &mut arrivals, clock).await;
            }
            () = stop.requested(), if !asked_to_stop => {
                asked_to_stop = true;
                session.stop(End::Interrupted, "interrupted", clock.now());
            }
            _ = ticks.tick() => {
                let snapshot = session.tick(clock.now())?;
                show(observers, &snapshot);
            }
            () = until(wake) => {}
        }
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(TICK);
    // After a sleep one tick is enough: nobody needs the missed ones.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn tell(observers: &mut [Box<dyn Observer>], events: &[Event]) {
    for event in events {
        for observer in &mut *observers {
            observer.event(event);
        }
    }
}

fn show(observers: &mut [Box<dyn Observer>], snapshot: &Snapshot) {
    for observer in observers {
        observer.tick(snapshot);
    }
}

/// Waits until an instant of the runtime's, or for ever.
async fn until(wake: Option<Instant>) {
    match wake {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Takes all answers that are here, until a pass of the runtime brings no more.
async fn gather(in_flight: &mut InFlight, arrivals: &mut Vec<Arrival>, clock: &Clock) {
    loop {
        let before = arrivals.len();
        while let Some(Some(next)) = in_flight.next().now_or_never() {
            arrivals.push(arrival(next, clock));
        }
        tokio::task::yield_now().await;
        if arrivals.len() == before {
            return;
        }
    }
}

fn arrival((call, answered): (CallId, Answered), clock: &Clock) -> Arrival {
    Arrival { call, at: clock.now(), answered }
}

fn make<R: Remote>(
    remote: &R,
    Request { call, ask }: Request,
) -> Pin<Box<dyn Future<Output = (CallId, Answered)>>> {
    match ask {
        Ask::Submit { machine, comment } => {
            let reply = remote.submit(machine, comment);
            reply.map(move |reply| (call, Answered::Submit(reply))).boxed_local()
        }
        Ask::Find { machine, scope, skip } => {
            let reply = remote.find(machine, scope, skip);
            reply.map(move |reply| (call, Answered::Actions(reply))).boxed_local()
        }
        Ask::List { since, skip } => {
            let reply = remote.actions(since, skip);
            reply.map(move |reply| (call, Answered::Actions(reply))).boxed_local()
        }
        Ask::Machines { skip } => {
            let reply = remote.machines(skip);
            reply.map(move |reply| (call, Answered::Machines(reply))).boxed_local()
        }
        Ask::Cancel { action, comment } => {
            let reply = remote.cancel(action, comment);
            reply.map(move |reply| (call, Answered::Cancel(reply))).boxed_local()
        }
    }
}
