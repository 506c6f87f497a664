//! A computer that sleeps, clocks that are set, and the process that comes after.

use std::time::Duration;

use mde_offboard::domain::{
    BatchId, BootId, BootTime, ClockGap, End, GapCause, LimitGroup, Now, Reply, ServerClock,
    Steady, Timestamp,
};
use mde_offboard::engine::{Answered, Arrival, Ask, Assignment, RunOptions, Session};
use mde_offboard::event::{Event, Happening};
use mde_offboard::journal::Journal;

use crate::support::script::{done, list, play};
use crate::support::world::{START, assignment, batch_of};

const MINUTE: Duration = Duration::from_mins(1);

/// All clocks there are.
struct Clocks {
    /// Of the process: stops while the computer sleeps.
    steady: Duration,
    /// The true time since the start.
    truth: Duration,
    /// How far the wall clock was set, in seconds.
    set: i64,
    tells_boot: bool,
}

impl Clocks {
    fn new(tells_boot: bool) -> Self {
        Self { steady: Duration::ZERO, truth: Duration::ZERO, set: 0, tells_boot }
    }

    fn now(&self) -> Now {
        let wall = START.plus(self.truth).as_micros() + self.set * 1_000_000;
        let since = Duration::from_hours(5) + self.truth;
        let boot = BootTime { boot: BootId::from_bytes([9; 16]), since };
        Now {
            steady: Steady::ORIGIN.plus(self.steady),
            wall: Timestamp::from_micros(wall),
            boot: self.tells_boot.then_some(boot),
        }
    }

    fn server(&self) -> Timestamp {
        START.plus(self.truth)
    }

    fn passes(&mut self, time: Duration) {
        self.steady += time;
        self.truth += time;
    }

    /// The computer sleeps, and its clocks but the monotonic one go on.
    fn sleeps(&mut self, time: Duration) {
        self.truth += time;
    }

    fn new_process(&mut self) {
        self.steady = Duration::ZERO;
    }
}

/// What a process did before it had to wait.
#[derive(Debug, Default)]
struct Sent {
    posts: usize,
    reads: usize,
}

/// One life: sends until nothing goes out any more, or `posts_max` are sent; answers come at once.
struct Life<'j> {
    session: Session<'j>,
    arrivals: Vec<Arrival>,
}

impl<'j> Life<'j> {
    fn begin(
        (journal, batch): (&'j mut Journal, BatchId),
        clocks: &Clocks,
        server_clock: Option<ServerClock>,
    ) -> Self {
        let assignment = Assignment { server_clock, ..assignment(batch, &RunOptions::default()) };
        let session = Session::open(journal, &assignment, 10_000, clocks.now()).expect("opens");
        Self { session, arrivals: Vec::new() }
    }

    /// One turn; whether something went out.
    fn turns(&mut self, clocks: &Clocks, sent: &mut Sent) -> bool {
        let arrivals = std::mem::take(&mut self.arrivals);
        let turn = self.session.turn(clocks.now(), arrivals).expect("a turn");
        for request in turn.requests {
            let answered = match &request.ask {
                Ask::Submit { machine, .. } => {
                    sent.posts += 1;
                    dated(done(*machine), clocks.server())
                }
                _ => {
                    sent.reads += 1;
                    dated(list(Vec::new()), clocks.server())
                }
            };
            self.arrivals.push(Arrival { call: request.call, at: clocks.now(), answered });
        }
        !self.arrivals.is_empty()
    }

    fn until_it_waits(&mut self, clocks: &Clocks, posts_max: usize) -> Sent {
        let mut sent = Sent::default();
        loop {
            if !self.turns(clocks, &mut sent) {
                return sent;
            }
            if sent.posts >= posts_max {
                // The answers of the last ones are taken in, and nothing more goes out.
                self.session.stop(End::Interrupted, "enough", clocks.now());
                let arrivals = std::mem::take(&mut self.arrivals);
                self.session.turn(clocks.now(), arrivals).expect("a turn");
                return sent;
            }
        }
    }
}

fn dated(answered: Answered, date: Timestamp) -> Answered {
    let server_date = Some(date);
    match answered {
        Answered::Submit(reply) => Answered::Submit(Reply { server_date, ..reply }),
        Answered::Actions(reply) => Answered::Actions(Reply { server_date, ..reply }),
        Answered::Cancel(reply) => Answered::Cancel(Reply { server_date, ..reply }),
        Answered::Machines(reply) => Answered::Machines(Reply { server_date, ..reply }),
    }
}

#[test]
fn after_a_sleep_in_a_run_the_next_process_still_knows_what_was_just_sent() {
    for tells_boot in [true, false] {
        let mut clocks = Clocks::new(tells_boot);
        let (mut journal, batch) = batch_of(400, &RunOptions::default());
        let mut life = Life::begin((&mut journal, batch), &clocks, None);
        assert_eq!(life.until_it_waits(&clocks, 1_000).posts, 100, "the minute is full");
        clocks.sleeps(Duration::from_hours(2));
        assert_eq!(life.until_it_waits(&clocks, 1_000).posts, 0, "the monotonic clock stood still");
        clocks.passes(MINUTE + Duration::from_secs(1));
        assert_eq!(life.until_it_waits(&clocks, 96).posts, 96);
        drop(life);
        clocks.passes(Duration::from_secs(1));
        clocks.new_process();
        let mut next = Life::begin((&mut journal, batch), &clocks, None);
        let sent = next.until_it_waits(&clocks, 1_000);
        assert_eq!(sent.posts, 4, "96 were sent a second ago; time since boot: {tells_boot}");
        clocks.passes(MINUTE);
        assert_eq!(next.until_it_waits(&clocks, 1_000).posts, 96);
    }
}

/// 90 POSTs, then the wall clock is set by so much, and another process: how many it sends at once.
fn sent_after_set(set: i64, tells_boot: bool, seen_at_sign_in: bool) -> usize {
    let mut clocks = Clocks::new(tells_boot);
    let (mut journal, batch) = batch_of(400, &RunOptions::default());
    let mut life = Life::begin((&mut journal, batch), &clocks, None);
    assert_eq!(life.until_it_waits(&clocks, 88).posts, 88);
    drop(life);
    clocks.passes(Duration::from_secs(2));
    clocks.set = set;
    clocks.new_process();
    let seen = ServerClock { date: clocks.server(), wall: clocks.now().wall };
    let seen = seen_at_sign_in.then_some(seen);
    let mut next = Life::begin((&mut journal, batch), &clocks, seen);
    next.until_it_waits(&clocks, 1_000).posts
}

#[test]
fn a_wall_clock_that_is_set_between_two_processes_frees_no_slot() {
    for set in [-86_400, -600, 0, 3, 600, 86_400] {
        for (tells_boot, seen_at_sign_in) in [(true, false), (false, false), (false, true)] {
            let sent = sent_after_set(set, tells_boot, seen_at_sign_in);
            assert_eq!(sent, 12, "set by {set} s, boot: {tells_boot}, sign-in: {seen_at_sign_in}");
        }
    }
}

#[test]
fn a_call_of_before_is_stored_with_the_time_since_boot() {
    let clocks = Clocks::new(true);
    let (mut journal, batch) = batch_of(3, &RunOptions::default());
    Life::begin((&mut journal, batch), &clocks, None).until_it_waits(&clocks, 1_000);
    let history = journal.history(100).expect("readable");
    let posts = history.calls.iter().filter(|call| call.group == LimitGroup::Posts);
    let stamps: Vec<_> = posts.filter_map(|call| call.receipt).collect();
    assert_eq!(stamps, [clocks.now().stamp(); 3]);
    let clock = ServerClock { date: clocks.server(), wall: clocks.now().wall };
    assert_eq!(history.server_clock, Some(clock));
}

#[test]
fn the_clock_of_the_server_is_stored_as_it_was_last() {
    let mut clocks = Clocks::new(true);
    let (mut journal, batch) = batch_of(150, &RunOptions::default());
    let mut life = Life::begin((&mut journal, batch), &clocks, None);
    assert_eq!(life.until_it_waits(&clocks, 1_000).posts, 100);
    clocks.passes(2 * MINUTE);
    assert_eq!(life.until_it_waits(&clocks, 1_000).posts, 50);
    drop(life);
    let stored = journal.history(100).expect("readable").server_clock;
    assert_eq!(stored, Some(ServerClock { date: clocks.server(), wall: clocks.now().wall }));
}

/// What a run says of the time that passes while it waits for its limit.
fn gaps(tells_boot: bool, passes: impl Fn(&mut Clocks)) -> Vec<ClockGap> {
    let (mut journal, batch) = batch_of(300, &RunOptions::default());
    let mut clocks = Clocks::new(tells_boot);
    let mut life = Life::begin((&mut journal, batch), &clocks, None);
    life.until_it_waits(&clocks, usize::MAX);
    passes(&mut clocks);
    let turn = life.session.turn(clocks.now(), Vec::new()).expect("a turn");
    let gap = |event: &Event| match event.what {
        Happening::ClockGap(gap) => Some(gap),
        _ => None,
    };
    // It is told before all that comes after it, and once.
    assert_eq!(turn.events.iter().position(|event| gap(event).is_some()).unwrap_or(0), 0);
    let again = life.session.turn(clocks.now(), Vec::new()).expect("a turn");
    assert!(!again.events.iter().any(|event| gap(event).is_some()));
    turn.events.iter().filter_map(gap).collect()
}

#[test]
fn a_sleep_is_told_with_its_times_and_a_clock_that_was_set_is_not_called_one() {
    let hour = Duration::from_hours(1);
    let until = START.plus(hour);
    let told = |cause| vec![ClockGap { from: START, until, cause }];
    let sleeps = |clocks: &mut Clocks| clocks.sleeps(hour);
    assert_eq!(gaps(true, sleeps), told(GapCause::Sleep));
    assert_eq!(gaps(false, sleeps), told(GapCause::Unknown));
    let is_set = |clocks: &mut Clocks| clocks.set += 3_600;
    assert_eq!(gaps(true, is_set), told(GapCause::ClockSet));
    assert_eq!(gaps(false, is_set), told(GapCause::Unknown));
    for tells_boot in [true, false] {
        assert_eq!(gaps(tells_boot, |clocks| clocks.passes(hour)), []);
        assert_eq!(gaps(tells_boot, |clocks| clocks.set -= 3_600), []);
    }
}

#[test]
fn what_was_sent_before_a_clock_was_set_forwards_in_a_run_counts_for_the_next_process() {
    // Forwards from the right time, and back to it after it had been set back.
    for (before, after) in [(0, 3_600), (-3_600, 0)] {
        let mut clocks = Clocks::new(false);
        let (mut journal, batch) = batch_of(400, &RunOptions::default());
        let mut life = Life::begin((&mut journal, batch), &clocks, None);
        clocks.set = before;
        let mut sent = Sent::default();
        while sent.posts < 40 {
            assert!(life.turns(&clocks, &mut sent));
        }
        clocks.set = after;
        clocks.passes(Duration::from_secs(1));
        // Its answers tell the server's clock again.
        assert_eq!(life.until_it_waits(&clocks, 48).posts, 48);
        drop(life);
        clocks.new_process();
        let mut next = Life::begin((&mut journal, batch), &clocks, None);
        assert_eq!(next.until_it_waits(&clocks, 1_000).posts, 12, "set from {before} to {after} s");
    }
}

#[test]
fn a_clock_that_was_set_between_two_processes_frees_no_slot_for_the_third_one() {
    for seen_at_sign_in in [true, false] {
        let mut clocks = Clocks::new(false);
        let (mut journal, batch) = batch_of(400, &RunOptions::default());
        for (set, posts_max, sent) in [(0, 88, 88), (3_600, 1, 8), (3_600, 1_000, 4)] {
            clocks.set = set;
            clocks.new_process();
            let seen = ServerClock { date: clocks.server(), wall: clocks.now().wall };
            let seen = seen_at_sign_in.then_some(seen);
            let mut life = Life::begin((&mut journal, batch), &clocks, seen);
            assert_eq!(life.until_it_waits(&clocks, posts_max).posts, sent);
            clocks.passes(Duration::from_secs(2));
        }
    }
}

#[test]
fn the_first_list_is_read_again_from_earlier_on_where_the_servers_clock_is_far_behind() {
    // It begins ten minutes before what matters, as long as nothing is known of that clock.
    for (behind, lists) in [(600_000, 1), (600_001, 2)] {
        let server = START.minus(Duration::from_millis(behind));
        let mut asked = Vec::new();
        let story = play(1, &RunOptions::default(), |_, ask| match ask {
            Ask::Submit { machine, .. } => dated(done(*machine), server),
            Ask::List { since, .. } => {
                asked.push(*since);
                dated(list(Vec::new()), server)
            }
            _ => unreachable!("nothing is in doubt"),
        });
        assert_eq!((story.conclusion.end, asked.len()), (End::Settled, lists), "{behind} ms");
        assert!(asked.windows(2).all(|pair| pair[1] < pair[0]), "{asked:?}");
    }
}
