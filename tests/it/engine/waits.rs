//! Waits that end when they must, and say what they waited for.

use std::time::Duration;

use mde_offboard::domain::{
    Action, ActionStatus, Answer, Detail, End, ReadAnswer, Reply, State, Trouble, Unreachable,
};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};
use mde_offboard::event::Happening;

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, detail, done, list, marked, no_list, one_by_one, play, play_on, silence,
    submitted, trouble, unreachable,
};
use crate::support::world::START;

/// How long a run took.
fn lasted(story: &Story) -> Duration {
    story.conclusion.ended_at.since(START)
}

fn why(story: &Story) -> String {
    story.conclusion.why.clone().unwrap_or_default()
}

/// Defender's own refusal of a list.
fn refused(status: u16, code: &str) -> Answered {
    let what =
        ReadAnswer::Refused(Detail::new(Some(status), Some(code), "the filter is not known"));
    Answered::Actions(Reply { what, heard: true, server_date: None })
}

fn pending() -> Action {
    action("pending", machine_id(0), &marked(0), ActionStatus::Pending)
}

fn accepted() -> Answered {
    submitted(Answer::Accepted { action: pending(), adopted: false, http_status: 201 })
}

/// A way to fail, and its name.
type Failing = (&'static str, fn() -> Answered);

/// What a list comes back with once the sweep is through.
fn failing() -> [Failing; 4] {
    [
        ("503", || no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable")))),
        ("400", || refused(400, "BadRequest")),
        ("404", || refused(404, "NotFound")),
        ("cut off", || no_list(unreachable())),
    ]
}

#[test]
fn the_time_for_following_is_over_on_time_though_no_list_can_be_read() {
    let track_timeout = Duration::from_secs(20);
    let options = RunOptions { track_timeout, ..RunOptions::default() };
    for (name, fail) in failing() {
        let story = play(1, &options, |at, ask| match ask {
            Ask::Submit { .. } => accepted(),
            _ if at.is_zero() => list(Vec::new()),
            _ => fail(),
        });
        assert_eq!(story.conclusion.end, End::Pending, "{name}");
        let took = lasted(&story);
        assert!(took >= track_timeout && took <= Duration::from_secs(26), "{name}: {took:?}");
        let why = why(&story);
        assert!(why.contains("list of actions could not be read"), "{name}: {why}");
        let words = fail();
        let Answered::Actions(reply) = words else { unreachable!("a list") };
        let said = match &reply.what {
            ReadAnswer::Refused(detail) => detail.to_string(),
            ReadAnswer::Trouble(trouble) => trouble.detail().to_string(),
            ReadAnswer::Read(_) => unreachable!("it fails"),
        };
        assert!(why.ends_with(&said), "{name}: {why}");
        let told = |what: &Happening| match what {
            Happening::Stopping { why: told, .. } => *told == why,
            _ => false,
        };
        assert!(story.events.iter().any(|event| told(&event.what)), "{name}");
    }
}

#[test]
fn lists_that_fail_after_a_good_one_do_not_lengthen_the_following() {
    let track_timeout = Duration::from_mins(10);
    let options = RunOptions { track_timeout, ..RunOptions::default() };
    for (name, fail) in failing() {
        let story = play(1, &options, |at, ask| match ask {
            Ask::Submit { .. } => accepted(),
            _ if at <= Duration::from_mins(5) => list(vec![pending()]),
            _ => fail(),
        });
        assert_eq!((story.conclusion.end, lasted(&story)), (End::Pending, track_timeout), "{name}");
        assert!(why(&story).contains("could not be read"), "{name}: {}", why(&story));
    }
}

#[test]
fn a_short_follow_of_lists_that_a_certificate_bars_ends_without_access() {
    let track_timeout = Duration::from_secs(20);
    let options = RunOptions { track_timeout, ..RunOptions::default() };
    let barred = || {
        let words = "the certificate of `defender.example` ended on 1 May 2026";
        let detail = Detail::new(None, Some("certificate"), words);
        no_list(Trouble::Unreachable { kind: Unreachable::Connect, detail })
    };
    let story = play(1, &options, |at, ask| match ask {
        Ask::Submit { .. } => accepted(),
        _ if at.is_zero() => list(Vec::new()),
        _ => barred(),
    });
    assert_eq!(story.conclusion.end, End::NoAccess);
    assert!(lasted(&story) <= Duration::from_secs(26), "{:?}", lasted(&story));
    assert!(why(&story).contains("ended on 1 May 2026"), "{}", why(&story));
}

#[test]
fn one_list_that_fails_is_not_the_end_of_track() {
    let no_following = RunOptions { track_timeout: Duration::ZERO, ..one_by_one() };
    let story = play(1, &no_following, |_, ask| match ask {
        Ask::Submit { .. } => accepted(),
        _ => list(Vec::new()),
    });
    let mut lists = 0;
    let journal = (story.journal, story.batch);
    let story = play_on(journal, Task::Track, &no_following, |_, _| {
        lists += 1;
        match lists {
            2 | 3 => no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable"))),
            _ => list(vec![action("pending", machine_id(0), &marked(0), ActionStatus::Succeeded)]),
        }
    });
    assert_eq!((story.conclusion.end, story.state(0)), (End::Settled, State::Succeeded));
}

#[test]
fn track_ends_though_not_even_its_first_list_can_be_read() {
    let no_following = RunOptions { track_timeout: Duration::ZERO, ..one_by_one() };
    for (name, fail) in failing() {
        let story = play(1, &no_following, |_, ask| match ask {
            Ask::Submit { .. } => accepted(),
            _ => list(Vec::new()),
        });
        let options = RunOptions { track_timeout: Duration::from_mins(10), ..one_by_one() };
        // Cut off before the first answer, two minutes are the patience.
        let options = RunOptions { offline_timeout: Some(Duration::from_hours(1)), ..options };
        let journal = (story.journal, story.batch);
        let story = play_on(journal, Task::Track, &options, |_, _| fail());
        let took = lasted(&story);
        // A refusal does not change by waiting: ten of them need no three minutes.
        let end = if name.starts_with('4') { End::Tripped } else { End::Pending };
        assert_eq!(story.conclusion.end, end, "{name}");
        assert!(took <= Duration::from_mins(10), "{name}: {took:?}");
        assert!(why(&story).contains("could not be read"), "{name}: {}", why(&story));
    }
}

#[test]
fn before_the_first_post_ten_refusals_of_the_list_end_the_run_with_their_words() {
    for (status, code) in [(400, "BadRequest"), (404, "ResourceNotFound")] {
        let story = play(1, &RunOptions::default(), |_, ask| match ask {
            Ask::Submit { .. } => unreachable!("nothing could be checked"),
            _ => refused(status, code),
        });
        assert_eq!(story.conclusion.end, End::Tripped, "it does not change by waiting");
        assert_eq!(story.asked.len(), 10);
        let why = why(&story);
        assert!(why.contains("the filter is not known"), "{why}");
        assert!(!why.contains("no connection"), "{why}");
    }
    let proxy = || Trouble::Unreadable(Detail::new(Some(403), None, "<h1>Blocked</h1>"));
    let story = play(1, &RunOptions::default(), |_, _| no_list(proxy()));
    assert_eq!(story.conclusion.end, End::Tripped);
    assert!(why(&story).contains("Blocked"), "{}", why(&story));
}

#[test]
fn the_offline_timeout_binds_while_only_lists_fail() {
    let offline_timeout = Some(Duration::from_mins(30));
    let options = RunOptions { offline_timeout, ..RunOptions::default() };
    // The sweep.
    let story =
        play(1, &options, |_, _| no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable"))));
    let end = |story: &Story| {
        let took = lasted(story);
        assert_eq!(story.conclusion.end, End::Unreachable);
        assert!(took <= Duration::from_mins(36), "{took:?}");
        assert!(why(story).contains("503"), "{}", why(story));
        assert!(!why(story).contains("no connection"), "{}", why(story));
        took
    };
    assert!(end(&story) >= Duration::from_mins(30));
    // A look-up, while other lists are good: it has five minutes to settle first.
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => silence(),
        Ask::Submit { machine, .. } => {
            let action = action("other", *machine, &marked(1), ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::Find { .. } => no_list(Trouble::Unreadable(detail(503, "ServiceUnavailable"))),
        _ if at.is_zero() => list(Vec::new()),
        _ => list(vec![action("other", machine_id(1), &marked(1), ActionStatus::Pending)]),
    });
    assert!(end(&story) >= Duration::from_mins(35));
    assert_eq!(story.state(0), State::Uncertain, "nothing was proved");
    assert!(story.look_ups(0).len() < 60, "and not every second");
}

#[test]
fn a_look_up_without_an_end_ends_the_run_and_resends_nothing() {
    let mut page = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { .. } => {
            page += 1;
            let id = format!("old-{page}");
            let item = action(&id, machine_id(0), "years ago", ActionStatus::Failed);
            let created_at = Some(START.minus(Duration::from_hours(24 * 365)));
            let item = Action { created_at, ..item };
            let page = mde_offboard::domain::Page { rows: 1, items: vec![item], has_next: true };
            Answered::Actions(Reply {
                what: ReadAnswer::Read(page),
                heard: true,
                server_date: None,
            })
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!((story.state(0), story.posts(0).len()), (State::Uncertain, 1));
    assert_eq!(story.look_ups(0).len(), 200, "ten look-ups of twenty pages");
}

#[test]
fn a_cancel_that_is_never_answered_ends_though_lists_are_good() {
    let no_following = RunOptions { track_timeout: Duration::ZERO, ..one_by_one() };
    let story = play(1, &no_following, |_, ask| match ask {
        Ask::Submit { .. } => accepted(),
        _ => list(Vec::new()),
    });
    let options = RunOptions { offline_timeout: Some(Duration::from_mins(10)), ..one_by_one() };
    let task = Task::Cancel(None);
    let story = play_on((story.journal, story.batch), task, &options, |_, ask| match ask {
        Ask::Cancel { .. } => {
            let what = ReadAnswer::Trouble(Trouble::Unreadable(detail(500, "InternalServerError")));
            Answered::Cancel(Reply { what, heard: true, server_date: None })
        }
        _ => list(vec![pending()]),
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    assert!(lasted(&story) <= Duration::from_mins(11), "{:?}", lasted(&story));
}

#[test]
fn a_network_and_a_sign_in_that_fail_in_turn_do_not_lengthen_each_other_for_ever() {
    let offline_timeout = Some(Duration::from_mins(30));
    let options = RunOptions { offline_timeout, ..one_by_one() };
    let mut count = 0;
    let story = play(1, &options, |_, ask| match ask {
        Ask::Submit { .. } => {
            count += 1;
            match count % 2 {
                0 => trouble(Trouble::SignIn(detail(401, "AADSTS7000222"))),
                _ => trouble(unreachable()),
            }
        }
        _ => list(Vec::new()),
    });
    assert!(matches!(story.conclusion.end, End::NoAccess | End::Unreachable));
    assert!(lasted(&story) <= Duration::from_mins(46), "{:?}", lasted(&story));
}

#[test]
fn posts_that_get_no_answer_end_when_the_patience_ends_and_not_at_the_next_try() {
    let offline_timeout = Some(Duration::from_mins(5));
    // So long that no look-up wakes it.
    let settle = Duration::from_hours(2);
    let options = RunOptions { offline_timeout, settle, ..RunOptions::default() };
    let story = play(200, &options, |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    assert_eq!(lasted(&story), Duration::from_mins(5));
}

#[test]
fn a_server_clock_that_stands_still_does_not_keep_the_first_list_from_ending() {
    let mut pages = 0;
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        _ => {
            pages += 1;
            let page = mde_offboard::domain::Page { rows: 0, items: Vec::new(), has_next: false };
            // A minute and more further behind with each answer.
            let server_date = Some(START.minus(Duration::from_mins(20 * pages)));
            Answered::Actions(Reply { what: ReadAnswer::Read(page), heard: true, server_date })
        }
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(pages, 4);
}

#[test]
fn posts_that_cannot_connect_wait_longer_each_time_and_end_though_lists_are_good() {
    let mut posts = 0;
    let mut lists = 0;
    let story = play(3, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { .. } => {
            posts += 1;
            match posts {
                1 => accepted(),
                _ => trouble(unreachable()),
            }
        }
        _ if at.is_zero() => list(Vec::new()),
        _ => {
            lists += 1;
            list(vec![pending()])
        }
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    assert!(lasted(&story) <= Duration::from_mins(12 * 60 + 1), "{:?}", lasted(&story));
    // A minute apart, give or take a fifth, once the first ones are over.
    assert!((600..=920).contains(&posts), "{posts} POSTs in {:?}", lasted(&story));
    assert!(lists >= 1_300, "lists are read as before: {lists} in {:?}", lasted(&story));
    let why = why(&story);
    assert!(why.contains("no connection to Defender for offboarding requests for 12h"), "{why}");
}

#[test]
fn posts_that_connect_again_go_on_at_once_as_before() {
    let until = Duration::from_mins(20);
    let story = play(200, &RunOptions::default(), |at, ask| match ask {
        Ask::Submit { .. } if at < until => trouble(unreachable()),
        Ask::Submit { machine, .. } => done(*machine),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    // The last try may have failed just before, a minute and a fifth at most; 200 take two minutes.
    assert!(lasted(&story) <= Duration::from_mins(24), "{:?}", lasted(&story));
}

#[test]
fn lists_that_cannot_connect_wait_longer_each_time_though_posts_are_good() {
    let mut lists = 0;
    let options = RunOptions { track_timeout: Duration::from_mins(1), ..RunOptions::default() };
    let story = play(1_000, &options, |at, ask| match ask {
        Ask::Submit { machine, comment } => {
            let action = action(&machine.to_string(), *machine, comment, ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ if at.is_zero() => list(Vec::new()),
        _ => {
            lists += 1;
            no_list(unreachable())
        }
    });
    assert_eq!(story.conclusion.end, End::Pending);
    let minutes = lasted(&story).as_secs() / 60;
    assert!(lists <= 10 + 2 * minutes, "{lists} lists in {minutes} min");
}

#[test]
fn a_run_whose_last_post_could_not_connect_and_is_not_needed_any_more_follows_to_the_end() {
    let hours = Duration::from_hours(14);
    let theirs = |status| action("theirs", machine_id(0), "by hand", status);
    let ours = |status| action("ours", machine_id(1), &marked(1), status);
    let options = RunOptions { track_timeout: Duration::from_hours(24), ..one_by_one() };
    let story = play(2, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => trouble(unreachable()),
        Ask::Submit { .. } => {
            let action = ours(ActionStatus::Pending);
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ if at.is_zero() => list(Vec::new()),
        _ if at < Duration::from_mins(10) => list(vec![ours(ActionStatus::Pending)]),
        _ if at < hours => list(vec![ours(ActionStatus::Pending), theirs(ActionStatus::Pending)]),
        _ => list(vec![ours(ActionStatus::Succeeded), theirs(ActionStatus::Succeeded)]),
    });
    assert_eq!((story.conclusion.end, story.state(0)), (End::Settled, State::Succeeded));
}
