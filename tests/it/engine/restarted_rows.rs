//! Answers in a row of which some came to an earlier process.

use std::time::Duration;

use mde_offboard::domain::{Answer, Doubt, End, Trouble, Window};
use mde_offboard::engine::{Answered, Ask, RunOptions};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, accept, detail, one_by_one, play_posts, silence, submitted, trouble, unreachable,
};
use crate::support::world::batch_of;

/// A run that ends a minute after the network went away, before a doubt is looked up.
fn briefly_patient() -> RunOptions {
    RunOptions { offline_timeout: Some(Duration::from_mins(1)), ..one_by_one() }
}

/// A process whose POSTs get these answers, until the network goes away.
fn ended_after(options: &RunOptions, answers: &[fn(&Ask) -> Answered]) -> Story {
    let story = play_posts(batch_of(30, options), options, |count, ask| {
        answers.get(count - 1).map_or_else(|| trouble(unreachable()), |answer| answer(ask))
    });
    assert_eq!(story.conclusion.end, End::Unreachable);
    story
}

fn bad(_: &Ask) -> Answered {
    submitted(Answer::Refused(detail(400, "InvalidRequestBody")))
}

fn disallowed(_: &Ask) -> Answered {
    trouble(Trouble::Forbidden(detail(403, "DisallowedOperation")))
}

fn shapeless(_: &Ask) -> Answered {
    let doubt = Doubt::WrongShape;
    submitted(Answer::Doubtful { doubt, detail: detail(200, "unreadable_body") })
}

#[test]
fn after_a_restart_posts_still_go_one_at_a_time_until_one_is_answered() {
    // In both processes a minute's window is full at first, so that the second one is no longer at
    // its very start when it tries.
    let limits = vec![Window::parse("5/1m").expect("a limit")];
    let silent: [fn(&Ask) -> Answered; 5] = [|_| silence(); 5];
    let first = ended_after(&RunOptions { limits: limits.clone(), ..briefly_patient() }, &silent);
    let options = RunOptions { limits, ..RunOptions::default() };
    let again = play_posts((first.journal, first.batch), &options, |count, ask| match count {
        1 => silence(),
        _ => accept(ask),
    });
    let posts = again.asked.iter().filter(|(_, ask)| matches!(ask, Ask::Submit { .. }));
    let posts: Vec<Duration> = posts.map(|(at, _)| *at).collect();
    assert!(posts[1] >= posts[0] + Duration::from_millis(800), "{:?}", &posts[..3]);
    assert_eq!(posts[1], posts[2], "one answer, and the rest goes on as before");
}

#[test]
fn a_403_of_before_counts_among_ten_in_a_row() {
    let mut answers: Vec<fn(&Ask) -> Answered> = vec![accept];
    answers.extend([bad as fn(&Ask) -> Answered; 8]);
    answers.push(disallowed);
    let first = ended_after(&briefly_patient(), &answers);
    let again = play_posts((first.journal, first.batch), &one_by_one(), |_, ask| bad(ask));
    assert_eq!((again.conclusion.end, again.all_posts()), (End::Tripped, 1));
}

#[test]
fn a_good_answer_of_before_ends_the_row() {
    let mut answers: Vec<fn(&Ask) -> Answered> = vec![bad; 9];
    answers.push(accept);
    let first = ended_after(&briefly_patient(), &answers);
    let again = play_posts((first.journal, first.batch), &one_by_one(), |count, ask| {
        if count <= 9 { bad(ask) } else { accept(ask) }
    });
    assert_eq!(again.conclusion.end, End::Settled);
}

#[test]
fn a_403_of_before_between_successes_without_an_action_does_not_end_their_row() {
    let answers: [fn(&Ask) -> Answered; 4] = [accept, shapeless, disallowed, shapeless];
    let first = ended_after(&briefly_patient(), &answers);
    let again = play_posts((first.journal, first.batch), &one_by_one(), |_, ask| shapeless(ask));
    assert_eq!((again.conclusion.end, again.all_posts()), (End::Tripped, 1));
}

#[test]
fn of_a_machine_that_was_given_up_before_only_its_first_404_counts_where_it_came() {
    let limits = vec![Window::parse("2/3m").expect("a limit")];
    let offline_timeout = Some(Duration::from_mins(10));
    let options = RunOptions { limits, offline_timeout, ..one_by_one() };
    // A machine is answered 404, another one well, and the first one 404 twice more.
    let first = play_posts(batch_of(30, &options), &options, |_, ask| match ask {
        Ask::Submit { machine, .. } if *machine == machine_id(0) => {
            submitted(Answer::Absent(detail(404, "ResourceNotFound")))
        }
        Ask::Submit { machine, .. } if *machine == machine_id(1) => accept(ask),
        _ => trouble(unreachable()),
    });
    assert_eq!((first.posts(0).len(), first.conclusion.end), (3, End::Unreachable));
    assert!(first.posts(1)[0] < first.posts(0)[1]);
    let again = play_posts((first.journal, first.batch), &options, |count, ask| {
        if count <= 9 { bad(ask) } else { accept(ask) }
    });
    assert_eq!(again.conclusion.end, End::Settled, "nine in a row, and not ten");
}
