//! What follows each answer to a POST: for the machine, and for the run.

use std::time::Duration;

use mde_offboard::domain::{ActionStatus, Answer, Doubt, End, State, Trouble};
use mde_offboard::engine::{Answered, Ask, RunOptions};
use mde_offboard::event::Happening;

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, accept, action, detail, list, marked, no_list, one_by_one, play, play_posts, submitted,
    trouble, unreachable,
};
use crate::support::world::batch_of;

/// Every list is empty; POSTs are answered by `answer`, which knows how often it was asked.
fn posts(machines: u32, answer: impl Fn(usize, &Ask) -> Answered) -> Story {
    posts_with(machines, &RunOptions::default(), answer)
}

fn posts_with(
    machines: u32,
    options: &RunOptions,
    answer: impl Fn(usize, &Ask) -> Answered,
) -> Story {
    play_posts(batch_of(machines, options), options, answer)
}

#[test]
fn an_accepted_machine_is_posted_once_with_its_marked_comment() {
    let story = posts(3, |_, ask| accept(ask));
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.all_posts(), 3);
    for index in 0..3 {
        assert_eq!(story.state(index), State::Succeeded);
        let sent = story.asked.iter().find_map(|(_, ask)| match ask {
            Ask::Submit { machine, comment } if *machine == machine_id(index) => Some(comment),
            _ => None,
        });
        assert_eq!(sent, Some(&marked(index)));
    }
}

#[test]
fn a_refusal_is_final_and_the_run_goes_on() {
    let story = posts(3, |count, ask| match count {
        1 => submitted(Answer::Refused(detail(400, "OsPlatformNotSupported"))),
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.state(0), State::Rejected);
    assert_eq!(story.posts(0).len(), 1, "and it is not asked again");
    assert_eq!(story.state(2), State::Succeeded);
}

#[test]
fn a_404_is_asked_three_times_a_fifth_of_the_settle_time_apart() {
    let story = posts(1, |_, _| submitted(Answer::Absent(detail(404, "ResourceNotFound"))));
    assert_eq!(story.state(0), State::Rejected);
    let posts = story.posts(0);
    assert_eq!(posts.len(), 3);
    for pair in posts.windows(2) {
        assert!(pair[1] >= pair[0] + Duration::from_mins(1), "{posts:?}");
    }
}

#[test]
fn a_false_404_is_forgotten() {
    let story = posts(1, |count, ask| match count {
        1 => submitted(Answer::Absent(detail(404, "ResourceNotFound"))),
        _ => accept(ask),
    });
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn ten_bad_requests_in_a_row_stop_the_run() {
    let story = posts_with(30, &one_by_one(), |_, _| {
        submitted(Answer::Refused(detail(400, "InvalidRequestBody")))
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 10);
    assert_eq!(story.conclusion.counts.of(State::Queued), 20, "the others wait for a person");
}

#[test]
fn after_a_401_the_same_machine_is_sent_once_more_with_a_new_token() {
    let story = posts(1, |count, ask| match count {
        1 => trouble(Trouble::Unauthorized(detail(401, "Unauthorized"))),
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.posts(0).len(), 2);
}

#[test]
fn a_second_401_ends_the_run_without_access_and_loses_nothing() {
    let story = posts(20, |_, _| trouble(Trouble::Unauthorized(detail(401, "Unauthorized"))));
    assert_eq!(story.conclusion.end, End::NoAccess);
    assert_eq!(story.conclusion.counts.of(State::Queued), 20);
    assert!(story.all_posts() <= 16, "eight with the old token, eight with the new one");
}

#[test]
fn eight_401s_of_one_old_token_are_one_401() {
    let story = posts(8, |count, ask| match count {
        1..=8 => trouble(Trouble::Unauthorized(detail(401, "Unauthorized"))),
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 8);
}

#[test]
fn a_403_as_the_first_answer_ends_the_run_at_once() {
    let story =
        posts_with(30, &one_by_one(), |_, _| trouble(Trouble::Forbidden(detail(403, "Forbidden"))));
    assert_eq!(story.conclusion.end, End::NoAccess);
    assert_eq!(story.all_posts(), 1);
}

#[test]
fn three_403s_in_a_row_end_the_run_and_one_alone_is_about_its_machine() {
    let story = posts_with(30, &one_by_one(), |count, ask| match count {
        1 => accept(ask),
        2 => trouble(Trouble::Forbidden(detail(403, "DisallowedOperation"))),
        3 => accept(ask),
        _ => trouble(Trouble::Forbidden(detail(403, "Forbidden"))),
    });
    assert_eq!(story.conclusion.end, End::NoAccess);
    assert_eq!(story.state(1), State::Rejected, "disallowed for this machine");
    assert_eq!(story.all_posts(), 6);
}

#[test]
fn a_429_uses_up_no_attempt_and_the_machine_goes_first_after_the_pause() {
    let retry_after = Some(Duration::from_secs(20));
    let options = RunOptions { attempts_max: 1, ..one_by_one() };
    let story = posts_with(3, &options, |count, ask| match count {
        1 | 2 => {
            let detail = detail(429, "429");
            trouble(Trouble::TooMany { retry_after, window: None, detail })
        }
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    let posts = story.posts(0);
    assert_eq!(posts.len(), 3);
    assert!(posts[1] >= posts[0] + Duration::from_secs(21), "the pause and its guard: {posts:?}");
    assert!(story.posts(1)[0] >= posts[2], "nobody overtakes it");
    assert_eq!(story.machine(0).standing.attempts_counted, 1, "only the last one counts");
    assert!(story.events.iter().any(|event| event.what.name() == "rate_limited"));
}

#[test]
fn a_refused_connection_uses_up_no_attempt_and_ends_when_the_network_is_back() {
    let options = RunOptions { attempts_max: 1, ..RunOptions::default() };
    let story = posts_with(20, &options, |count, ask| match count {
        10..=40 => trouble(unreachable()),
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.conclusion.counts.of(State::Succeeded), 20);
    let waits = story.events.iter().filter(|event| match &event.what {
        Happening::Waiting { wait, .. } => wait.reason.word() == "network",
        _ => false,
    });
    assert!(waits.count() > 0, "and it says that it waits for the network");
    for index in 0..20 {
        assert_eq!(story.machine(index).standing.attempts_counted, 1);
    }
}

#[test]
fn without_a_network_the_run_gives_up_after_the_offline_timeout() {
    let offline_timeout = Some(Duration::from_mins(30));
    let options = RunOptions { offline_timeout, ..RunOptions::default() };
    let story = posts_with(20, &options, |count, ask| match count {
        1..=5 => accept(ask),
        _ => trouble(unreachable()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    assert_eq!(story.conclusion.counts.of(State::Queued), 15, "nothing is lost");
    let after = story.conclusion.ended_at.since(crate::support::world::START);
    assert!(after >= Duration::from_mins(30) && after < Duration::from_mins(32), "{after:?}");
}

#[test]
fn a_token_that_cannot_be_had_for_a_quarter_of_an_hour_ends_the_run_without_access() {
    let story = posts(5, |_, _| trouble(Trouble::SignIn(detail(401, "AADSTS7000222"))));
    assert_eq!(story.conclusion.end, End::NoAccess);
    let after = story.conclusion.ended_at.since(crate::support::world::START);
    assert!(after >= Duration::from_mins(15) && after < Duration::from_mins(17), "{after:?}");
    assert!(story.all_posts() < 30, "once a minute, not in a loop");
}

#[test]
fn a_redirect_and_an_answer_for_another_machine_stop_the_run_at_once() {
    for doubt in [Doubt::Redirected, Doubt::WrongMachine(machine_id(77))] {
        let story = posts_with(30, &one_by_one(), |_, _| {
            let doubt = doubt.clone();
            submitted(Answer::Doubtful { doubt, detail: detail(302, "redirect") })
        });
        assert_eq!(story.conclusion.end, End::Tripped, "{doubt:?}");
        assert_eq!(story.all_posts(), 1, "{doubt:?}");
        assert_eq!(story.state(0), State::Uncertain, "it may have taken effect: {doubt:?}");
    }
}

#[test]
fn three_successes_in_a_row_without_an_action_stop_the_run() {
    let story = posts_with(30, &one_by_one(), |_, _| {
        let doubt = Doubt::WrongShape;
        submitted(Answer::Doubtful { doubt, detail: detail(200, "unreadable_body") })
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.all_posts(), 3);
}

#[test]
fn a_machine_of_which_all_attempts_failed_is_rejected_with_its_last_words() {
    let options = RunOptions { attempts_max: 3, ..one_by_one() };
    let story = posts_with(2, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => {
            submitted(Answer::Busy(detail(400, "ActiveRequestAlreadyExists")))
        }
        _ => accept(ask),
    });
    assert_eq!(story.state(0), State::Rejected);
    assert_eq!(story.posts(0).len(), 3);
    assert_eq!(story.state(1), State::Succeeded);
}

#[test]
fn errors_of_a_server_that_may_pass_are_no_ten_refusals_in_a_row() {
    let options = one_by_one();
    let story = posts_with(20, &options, |count, ask| match count {
        ..=12 => {
            let doubt = Doubt::OtherAnswer;
            submitted(Answer::Doubtful { doubt, detail: detail(503, "ServiceUnavailable") })
        }
        _ => accept(ask),
    });
    assert_eq!(story.conclusion.end, End::Settled, "{:?}", story.conclusion.why);
}

#[test]
fn a_token_that_is_missing_once_the_network_is_back_is_waited_for_and_told_as_that() {
    let story = play(5, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { .. } if at < Duration::from_mins(5) => trouble(unreachable()),
        Ask::Submit { .. } => trouble(Trouble::SignIn(detail(401, "AADSTS7000222"))),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::NoAccess);
    let after = story.conclusion.ended_at.since(crate::support::world::START);
    assert!(after >= Duration::from_mins(20) && after < Duration::from_mins(23), "{after:?}");
    let waits = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } => Some(wait.reason.word()),
        _ => None,
    });
    let mut waits: Vec<&str> = waits.collect();
    waits.dedup();
    assert_eq!(waits, ["network", "sign_in"]);
}

/// What is told of the waits for these reasons: for how many machines or requests.
fn waits_for(story: &Story, word: &str) -> Vec<u64> {
    let waits = story.events.iter().filter_map(|event| match &event.what {
        Happening::Waiting { wait, .. } if wait.reason.word() == word => Some(wait.machines),
        _ => None,
    });
    waits.collect()
}

#[test]
fn a_wait_for_another_try_says_how_many_machines_it_is_for() {
    let story = posts(3, |count, ask| match count {
        ..=2 => submitted(Answer::Absent(detail(404, "ResourceNotFound"))),
        _ => accept(ask),
    });
    assert_eq!(waits_for(&story, "backoff"), [2]);
}

#[test]
fn a_wait_for_the_network_says_how_many_answers_were_of_no_use_where_some_came() {
    let offline_timeout = Some(Duration::from_mins(30));
    let options = RunOptions { offline_timeout, ..one_by_one() };
    let unreadable = || Trouble::Unreadable(detail(503, "ServiceUnavailable"));
    let no_answers = play(3, &options, |_, _| no_list(unreachable()));
    assert!(waits_for(&no_answers, "network").iter().all(|requests| *requests == 0));
    let of_no_use = play(3, &options, |_, _| no_list(unreadable()));
    let pending = action("pending", machine_id(0), &marked(0), ActionStatus::Pending);
    let only_lists = play(3, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => {
            let action = pending.clone();
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::Submit { .. } => trouble(unreachable()),
        _ if at.is_zero() => list(Vec::new()),
        _ => list(vec![pending.clone()]),
    });
    for story in [of_no_use, only_lists] {
        let told = waits_for(&story, "network");
        assert!(told.iter().any(|requests| *requests >= 5), "{told:?}");
    }
}
