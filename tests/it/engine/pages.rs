//! Lists that come in shorter pages than were asked for, that move, repeat and have no end.

use std::time::Duration;

use mde_offboard::domain::{Action, ActionStatus, Answer, End, Page, ReadAnswer, Reply, State};
use mde_offboard::engine::{Answered, Ask, RunOptions, Task};

use crate::support::machines::machine_id;
use crate::support::script::{
    Story, action, done, index_of, list, marked, one_by_one, play, play_on, silence, submitted,
};
use crate::support::world::START;

/// One page, of rows that stand before the others where it says so.
fn page(items: Vec<Action>, has_next: bool) -> Answered {
    let what = ReadAnswer::Read(Page { rows: items.len(), items, has_next });
    Answered::Actions(Reply { what, heard: true, server_date: None })
}

/// A server that has these actions and pages by this many rows.
fn pages_of(actions: &[Action], rows: usize, skip: usize) -> Answered {
    let items: Vec<Action> = actions.iter().skip(skip).take(rows).cloned().collect();
    let has_next = skip + items.len() < actions.len();
    page(items, has_next)
}

fn strangers(number: u32) -> Vec<Action> {
    let stranger = |index| {
        let id = format!("stranger-{index}");
        action(&id, machine_id(1_000 + index), "somebody else's", ActionStatus::Succeeded)
    };
    (0..number).map(stranger).collect()
}

/// An action of ours for the `index`th machine, which the journal does not know.
fn ours(index: u32, status: ActionStatus) -> Action {
    action(&format!("ours-{index}"), machine_id(index), &marked(index), status)
}

/// The rows that were left out before each page of the list of all actions.
fn skips(story: &Story) -> Vec<usize> {
    let skip = |ask: &Ask| if let Ask::List { skip, .. } = ask { Some(*skip) } else { None };
    story.asked.iter().filter_map(|(_, ask)| skip(ask)).collect()
}

#[test]
fn a_sweep_over_pages_of_fifty_finds_what_stands_on_the_last_one() {
    let mut actions = strangers(120);
    actions.push(ours(0, ActionStatus::Succeeded));
    let story = play(2, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        Ask::List { skip, .. } => pages_of(&actions, 50, *skip),
        _ => unreachable!("nothing is in doubt: {ask:?}"),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    // It proves that a part of the journal is lost: after the settle time all is read again.
    assert_eq!(skips(&story), [0, 50, 100, 0, 50, 100]);
    assert_eq!((story.posts(0).len(), story.posts(1).len()), (0, 1), "one has its action already");
}

#[test]
fn following_reads_all_pages_of_fifty() {
    let machines = 120;
    let pending = |index| ours(index, ActionStatus::Pending);
    let options = RunOptions { concurrency: 200, ..RunOptions::default() };
    let limits = vec![mde_offboard::domain::Window::parse("1000/1m").unwrap()];
    let options = RunOptions { limits, ..options };
    let ended: Vec<Action> =
        (0..machines).map(|index| ours(index, ActionStatus::Succeeded)).collect();
    let story = play(machines, &options, |at, ask| match ask {
        Ask::Submit { machine, .. } => {
            let action = pending(index_of(*machine));
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::List { .. } if at.is_zero() => list(Vec::new()),
        Ask::List { skip, .. } => pages_of(&ended, 50, *skip),
        _ => unreachable!("nothing is in doubt: {ask:?}"),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(story.conclusion.counts.of(State::Succeeded), u64::from(machines));
    assert_eq!(skips(&story), [0, 0, 50, 100]);
}

#[test]
fn a_look_up_reads_all_pages_before_it_says_that_there_is_nothing() {
    // A server that pages by one; ours stands last, after two of another time.
    let older = |id| action(id, machine_id(0), "years ago", ActionStatus::Failed);
    let actions = [older("old-1"), older("old-2"), ours(0, ActionStatus::Succeeded)];
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { skip, .. } => pages_of(&actions, 1, *skip),
        _ => list(Vec::new()),
    });
    assert_eq!((story.state(0), story.posts(0).len()), (State::Succeeded, 1));
    let skip = |ask: &Ask| if let Ask::Find { skip, .. } = ask { Some(*skip) } else { None };
    let skips: Vec<_> = story.asked.iter().filter_map(|(_, ask)| skip(ask)).collect();
    assert_eq!(skips, [0, 1, 2]);
}

#[test]
fn a_look_up_ends_with_the_page_that_shows_ours() {
    let older = |id| action(id, machine_id(0), "years ago", ActionStatus::Failed);
    let actions = [ours(0, ActionStatus::Succeeded), older("old-1"), older("old-2")];
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { skip, .. } => pages_of(&actions, 1, *skip),
        _ => list(Vec::new()),
    });
    assert_eq!((story.state(0), story.look_ups(0).len()), (State::Succeeded, 1));
}

#[test]
fn somebody_elses_action_is_not_adopted_before_ours_was_looked_for_on_every_page() {
    let theirs = action("theirs", machine_id(0), "the portal's", ActionStatus::Pending);
    let actions = [theirs, ours(0, ActionStatus::Succeeded)];
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::Find { skip, .. } => pages_of(&actions, 1, *skip),
        _ => list(Vec::new()),
    });
    let standing = story.machine(0).standing;
    assert_eq!(standing.action.map(|id| id.to_string()).as_deref(), Some("ours-0"));
    assert!(!standing.adopted);
}

#[test]
fn a_link_without_rows_proves_nothing_in_a_look_up_and_nothing_before_the_first_post() {
    let (mut lists, mut finds) = (0, 0);
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { .. } => silence(),
        Ask::List { .. } => {
            lists += 1;
            page(Vec::new(), lists == 1)
        }
        Ask::Find { .. } => {
            finds += 1;
            let found = vec![ours(0, ActionStatus::Succeeded)];
            if finds > 3 { list(found) } else { page(Vec::new(), true) }
        }
        _ => unreachable!("nothing is cancelled"),
    });
    assert_eq!((story.state(0), story.posts(0).len()), (State::Succeeded, 1));
    assert_eq!(lists, 2, "the first list was read again");
}

#[test]
fn rows_that_move_while_a_sweep_reads_are_read_once_more() {
    let actions = strangers(6);
    let mut lists = 0;
    let story = play(2, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        Ask::List { skip, .. } => {
            lists += 1;
            // Between its two pages a row went away, and one that was ours moved to the first page.
            let moved: Vec<Action> = match lists {
                1 => actions[..3].to_vec(),
                2 => actions[2..].to_vec(),
                _ => [vec![ours(1, ActionStatus::Succeeded)], actions.clone()].concat(),
            };
            if lists < 3 { page(moved, lists == 1) } else { pages_of(&moved, 3, *skip) }
        }
        _ => unreachable!("nothing is in doubt: {ask:?}"),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    // And all once more after the settle time, since a part of the journal is lost.
    assert_eq!(skips(&story), [0, 3, 0, 3, 6, 0, 3, 6]);
    assert_eq!(story.posts(1).len(), 0, "it has its action already");
}

#[test]
fn a_server_that_does_not_know_skip_ends_the_run_with_words_after_four_pages() {
    let actions = strangers(50);
    let story = play(2, &RunOptions::default(), |_, ask| match ask {
        Ask::List { .. } => page(actions.clone(), true),
        _ => unreachable!("nothing may be posted: {ask:?}"),
    });
    assert_eq!(story.conclusion.end, End::Tripped);
    let why = story.conclusion.why.unwrap_or_default();
    assert!(why.contains("repeats itself"), "{why}");
    assert_eq!(story.asked.len(), 4);
}

#[test]
fn a_list_that_moves_each_time_does_not_double_what_following_reads() {
    let pending = [0, 1, 2].map(|index| ours(index, ActionStatus::Pending));
    let answer = |ask: &Ask| match ask {
        Ask::Submit { machine, .. } => {
            let action = pending[usize::try_from(index_of(*machine)).unwrap()].clone();
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        _ => list(Vec::new()),
    };
    let no_following = RunOptions { track_timeout: Duration::ZERO, ..one_by_one() };
    let story = play(3, &no_following, |_, ask| answer(ask));
    let poll_interval = Duration::from_millis(10);
    let track_timeout = Duration::from_hours(1);
    let options = RunOptions { poll_interval, track_timeout, ..RunOptions::default() };
    // A colleague's script: the second page begins with the last row of the first one.
    let story = play_on((story.journal, story.batch), Task::Track, &options, |_, ask| match ask {
        Ask::List { skip: 0, .. } => page(pending[..2].to_vec(), true),
        Ask::List { .. } => page(pending[1..].to_vec(), false),
        _ => unreachable!("track only reads: {ask:?}"),
    });
    assert_eq!(story.conclusion.end, End::Pending);
    // The first one begins at the instant of the last request, which may have moved its rows.
    assert_eq!(skips(&story)[6..10], [0, 2, 0, 2], "each list is read once more");
    assert!(story.asked[6..10].windows(2).all(|pair| pair[0].0 == pair[1].0), "and at once");
    // 1,500 an hour, of which following takes half, and the four pages of a sweep.
    assert!(story.asked.len() <= 760, "{}", story.asked.len());
}

#[test]
fn our_own_posts_move_the_rows_of_a_list_and_are_no_reason_to_read_it_again() {
    let mut made: Vec<Action> = Vec::new();
    // A list is due whenever the window of the POSTs begins, so that they go out between its pages.
    let minute = Duration::from_secs(61);
    let options = RunOptions {
        limits: vec![mde_offboard::domain::Window::parse("100/1m").unwrap()],
        concurrency: 2,
        poll_interval: minute,
        track_timeout: minute,
        ..RunOptions::default()
    };
    let mut lists = 0;
    let story = play(300, &options, |_, ask| match ask {
        Ask::Submit { machine, .. } => {
            let action = ours(index_of(*machine), ActionStatus::Pending);
            // Newest first, as Defender lists them.
            made.insert(0, action.clone());
            submitted(Answer::Accepted { action, adopted: false, http_status: 201 })
        }
        Ask::List { skip, .. } => {
            lists += 1;
            pages_of(&made, 50, *skip)
        }
        _ => unreachable!("nothing is in doubt: {ask:?}"),
    });
    assert_eq!(story.conclusion.end, End::Pending);
    let starts = story.asked.iter().filter(|(_, ask)| matches!(ask, Ask::List { skip: 0, .. }));
    let starts: Vec<Duration> = starts.map(|(at, _)| *at).collect();
    assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "each is read once: {starts:?}");
    assert!(story.posts(100) == [minute] && starts.contains(&minute), "{starts:?}");
    let longest = skips(&story).into_iter().max();
    assert!(longest >= Some(150), "{longest:?}");
    assert!(lists <= starts.len() * 6, "{lists} pages of {} lists", starts.len());
}

#[test]
fn all_pages_of_one_list_are_of_what_was_made_since_the_same_instant() {
    let mut asked = Vec::new();
    let story = play(1, &RunOptions::default(), |_, ask| match ask {
        Ask::Submit { machine, .. } => done(*machine),
        Ask::List { since, skip } => {
            asked.push((*since, *skip));
            // The first page tells of a server whose clock is behind ours.
            let what =
                ReadAnswer::Read(Page { rows: 1, items: strangers(1), has_next: asked.len() == 1 });
            let server_date = Some(START.minus(Duration::from_mins(20)));
            Answered::Actions(Reply { what, heard: true, server_date })
        }
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!((asked[0].1, asked[1].1), (0, 1));
    assert_eq!(asked[0].0, asked[1].0);
    assert!(asked[2].0 < asked[1].0, "a list that begins earlier follows");
}
