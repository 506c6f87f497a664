//! Machines that the inventory leaves out are asked for several at a time, and what goes wrong with
//! one of them concerns that one alone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::server::{response, serve};

use super::scripted::{Reply, machine_of, record};

/// Machines of the list. The inventory holds one machine, which is none of them.
const LISTED: u32 = 20;

/// Reads that may be on their way together.
const TOGETHER: usize = 8;

/// What a tenant was asked for.
#[derive(Default)]
struct Asked {
    /// How often each machine was asked for.
    times: Mutex<HashMap<String, usize>>,
    /// When the machines were asked for.
    at: Mutex<Vec<Instant>>,
    tokens: AtomicUsize,
    /// Requests for machines that wait for their answer, and the most that there were.
    waiting: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Asked {
    /// Waits until that many requests are there, 5 s at most.
    fn meet(&self, count: usize) {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.0 += 1;
        waiting.1 = waiting.1.max(waiting.0);
        self.changed.notify_all();
        let most = Duration::from_secs(5);
        drop(self.changed.wait_timeout_while(waiting, most, |waiting| waiting.1 < count));
        self.waiting.lock().unwrap().0 -= 1;
    }

    fn of(&self, number: u32) -> usize {
        self.times.lock().unwrap().get(&machine_id(number).to_string()).copied().unwrap_or(0)
    }

    fn all(&self) -> Vec<usize> {
        (1..=LISTED).map(|number| self.of(number)).collect()
    }
}

/// Answers for a machine by its number in the list and how often it was asked for before; none: it
/// is known.
type Script = fn(u32, usize) -> Option<Reply>;

/// A desk at a tenant that knows each machine, if it is asked for it.
fn desk(script: Script, together: usize) -> (Desk, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let seen = Arc::clone(&asked);
    let url = serve(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let reply = if line.contains("/oauth2/") {
            let number = seen.tokens.fetch_add(1, Ordering::Relaxed);
            let words = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"#;
            Reply::json(200, format!(r#"{words}"Tk1a7Xw9Lm3Qe5Rz8Uv2Yb6Nc4Hd0Gf1{number}"}}"#))
        } else if line.starts_with("GET /api/machines?") {
            let other = record(&machine_id(1_000_000).to_string());
            Reply::json(200, format!(r#"{{"value":[{other}]}}"#))
        } else if let Some(id) = machine_of(line) {
            let before = {
                let mut times = seen.times.lock().unwrap();
                let times = times.entry(id.clone()).or_default();
                *times += 1;
                *times - 1
            };
            seen.at.lock().unwrap().push(Instant::now());
            seen.meet(together);
            let number = (1..=LISTED).find(|n| machine_id(*n).to_string() == id).unwrap_or(0);
            script(number, before).unwrap_or_else(|| Reply::json(200, record(&id)))
        } else {
            Reply::json(200, r#"{"value":[]}"#)
        };
        response(reply.0, reply.1, &reply.2)
    });
    (Desk::with_file("fleet.csv", list(LISTED)).leading_to(&url), asked)
}

const PLAN: &str = "plan fleet.csv --comment x";

#[test]
fn eight_are_asked_for_at_a_time_and_each_of_them_once() {
    let (desk, asked) = desk(|_, _| None, TOGETHER);
    desk.run(PLAN).ends_with(0).says("would send 20");
    assert_eq!(asked.all(), [1; LISTED as usize]);
    assert_eq!(asked.waiting.lock().unwrap().1, TOGETHER, "and no more");
}

#[test]
fn one_that_fails_is_asked_for_again_and_no_other_one() {
    let fails: Script = |number, before| {
        (number == 3 && before == 0).then(|| Reply::error(500, "InternalServerError", "not now"))
    };
    let (desk, asked) = desk(fails, TOGETHER);
    desk.run(PLAN).ends_with(0).says("would send 20");
    let expected: Vec<usize> = (1..=LISTED).map(|number| 1 + usize::from(number == 3)).collect();
    assert_eq!(asked.all(), expected);
}

#[test]
fn a_token_that_ends_while_eight_are_on_their_way_is_renewed_once() {
    let ended: Script = |number, before| {
        (number <= 8 && before == 0).then(|| Reply::error(401, "Unauthorized", "it ended"))
    };
    let (desk, asked) = desk(ended, TOGETHER);
    desk.run(PLAN).ends_with(0).says("would send 20");
    assert_eq!(asked.tokens.load(Ordering::Relaxed), 2);
}

#[test]
fn a_token_that_is_refused_again_ends_it() {
    let refused: Script = |_, _| Some(Reply::error(401, "Unauthorized", "it is not taken"));
    let (desk, asked) = desk(refused, TOGETHER);
    desk.run(PLAN).ends_with(6).says("refused the token twice in a row: it is not taken");
    assert_eq!(asked.all().iter().sum::<usize>(), TOGETHER + 1);
}

#[test]
fn eight_that_are_asked_to_pause_pause_once_as_long_as_the_longest_of_them_says() {
    let later: Script = |number, before| {
        let headers = match number {
            5 => "Content-Type: application/json\r\nRetry-After: 2\r\n",
            _ => "Content-Type: application/json\r\nRetry-After: 1\r\n",
        };
        let Reply(status, _, body) = Reply::error(429, "TooManyRequests", "quota is used up");
        (number <= 8 && before == 0).then_some(Reply(status, headers, body))
    };
    let (desk, asked) = desk(later, TOGETHER);
    desk.run(PLAN).ends_with(0).says("would send 20");
    let at = asked.at.lock().unwrap();
    let pause = at[TOGETHER] - at[TOGETHER - 1];
    assert!((2..30).contains(&pause.as_secs()), "{pause:?}");
    let all: usize = asked.all().iter().sum();
    assert_eq!(all, LISTED as usize + TOGETHER, "each of the eight is asked for once more");
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::*;

    #[test]
    fn pauses_without_a_time_are_one_pause() {
        let later: Script = |number, before| {
            (number <= 8 && before == 0)
                .then(|| Reply::error(429, "TooManyRequests", "quota is used up"))
        };
        let (desk, _) = desk(later, TOGETHER);
        // The second one in a row would wait for two minutes, the eighth for an hour.
        let plan = format!("{PLAN} --offline-timeout 90s");
        desk.run(&plan).ends_with(0).says("would send 20");
    }
}
