//! Batches drawn from seeds, run under everything that can go wrong at once: no machine is sent
//! twice, none is lost, none is without an outcome, and no window is exceeded.
//!
//! Longer: `MDE_OFFBOARD_SEEDS=100000 cargo test --test it seeds::`, from seed
//! `MDE_OFFBOARD_FIRST_SEED` on (0 unless told).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::simulation::{Plan, Simulation, Tally};

/// Seeds that once failed, and why.
const KEPT: &[(u64, &str)] = &[
    (43, "the sweep began too late: the clock was set after the batch was made"),
    (58, "the same, with two older copies"),
    (271, "the same, over several pages"),
    (283, "a machine that was queued for another try proved no rollback"),
    (
        542,
        "cut off, with nothing but a doubt that was not due, the run named no instant to wake at",
    ),
];

pub(crate) fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => otherwise,
    }
}

/// Runs one seed; what failed, in words, with all that was drawn.
fn try_seed(plan: Plan) -> Result<Tally, String> {
    let words = plan.to_string();
    let run = AssertUnwindSafe(|| Simulation::new(plan).check());
    catch_unwind(run).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        format!("{words}\n  {text}")
    })
}

/// Runs seeds on two threads; the first few that fail are told.
fn check(seeds: std::ops::Range<u64>, plan: impl Fn(u64) -> Plan + Sync) -> Vec<Tally> {
    const THREADS: u32 = 2;
    const TOLD: usize = 3;
    let next = AtomicU64::new(seeds.start);
    let failures = Mutex::new(Vec::new());
    let tallies = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || failures.lock().unwrap().len() >= TOLD {
                        break;
                    }
                    match try_seed(plan(seed)) {
                        Ok(tally) => tallies.lock().unwrap().push(tally),
                        Err(words) => failures.lock().unwrap().push(words),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    tallies.into_inner().unwrap()
}

/// What `long` shows of many seeds, of a few.
#[test]
fn twenty_seeds_under_all_faults_send_no_machine_twice_and_lose_none() {
    check(0..20, Plan::drawn);
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 0..2 {
        let run = || Simulation::new(Plan::drawn(seed)).check();
        assert_eq!(run(), run(), "seed {seed}");
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{KEPT, Plan, Tally, check, number, try_seed};

    #[test]
    fn under_all_faults_at_once_no_machine_is_sent_twice_and_none_is_lost() {
        let first = number("MDE_OFFBOARD_FIRST_SEED", 0);
        let count = number("MDE_OFFBOARD_SEEDS", 2_000);
        let tallies = check(first..first + count, Plan::drawn);
        let sum = |what: fn(&Tally) -> u64| tallies.iter().map(what).sum::<u64>();
        let told = format!(
            "{} machines, {} actions, {} held, {} crashes, {} rollbacks, {} steps",
            sum(|tally| tally.machines),
            sum(|tally| tally.actions),
            sum(|tally| tally.held),
            sum(|tally| tally.crashes.into()),
            sum(|tally| tally.rollbacks.into()),
            sum(|tally| tally.steps),
        );
        // A batch has from one machine to hundreds: that seeds are worth running can be told of
        // many only, since a few may all draw small ones.
        if count >= 2_000 {
            assert!(sum(|tally| tally.machines) >= 50 * count, "{told}");
            assert!(sum(|tally| tally.actions) >= 33 * count, "{told}");
        }
    }

    #[test]
    fn a_journal_restored_from_an_older_copy_sends_nothing_twice() {
        let tallies = check(0..100, |seed| {
            // Without a crash there is no older copy than the empty one.
            Plan { crash: 60, ..Plan::restored(seed) }
        });
        let rollbacks = tallies.iter().map(|tally| tally.rollbacks).sum::<u32>();
        assert!(rollbacks >= 150, "{rollbacks} rollbacks");
    }

    #[test]
    fn an_older_copy_is_noticed_whatever_dies_in_the_middle_of_noticing() {
        check(0..100, Plan::torn);
    }

    #[test]
    fn a_clock_that_is_set_forwards_cuts_no_settle_time_short() {
        check(0..60, Plan::late_and_set);
    }

    #[test]
    fn seeds_that_once_failed_hold() {
        for (seed, why) in KEPT {
            if let Err(words) = try_seed(Plan::drawn(*seed)) {
                panic!("{why}\n{words}");
            }
        }
    }
}
