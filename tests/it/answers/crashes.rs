//! The process ends while a POST is under way, and a server whose clock is a day off.

use std::sync::Arc;
use std::time::Duration;

use mde_offboard::defender::Defender;
use mde_offboard::domain::{End, State, Timestamp};
use mde_offboard::engine::Clock;
use tokio::sync::Notify;

use crate::defender::server::{Act, answer, settings};

use super::row::{Desk, quick};
use super::tenant::{Asked, Effect, Play, Post, Tenant, fitting, taken};

/// How far the server's clock is from ours.
#[derive(Clone, Copy)]
enum Skew {
    None,
    Ahead(Duration),
    Behind(Duration),
}

impl Skew {
    fn of(self, at: Timestamp) -> Timestamp {
        match self {
            Self::None => at,
            Self::Ahead(by) => at.plus(by),
            Self::Behind(by) => at.minus(by),
        }
    }

    /// An answer with the server's `Date`.
    fn answer(self, status: u16, body: &str) -> Act {
        let now = self.of(Clock::new().now().wall);
        let now = jiff::Timestamp::from_microsecond(now.as_micros()).unwrap();
        let date = jiff::fmt::rfc2822::DateTimePrinter::new();
        let date = date.timestamp_to_rfc9110_string(&now).unwrap();
        let headers = [("Content-Type", "application/json"), ("Date", &date)];
        Act::Answer(answer(status, &headers, body.as_bytes()))
    }

    fn effect(self, post: &Post) -> Effect {
        let effect = Effect::of(post);
        Effect { created: self.of(effect.created), ..effect }
    }
}

/// A run that dies once its first POST is at the server, and the one after it.
async fn die_and_resume(takes_effect: bool, skew: Skew) -> (Tenant, Desk) {
    let heard = Arc::new(Notify::new());
    let told = Arc::clone(&heard);
    let posts = move |post: &Post| {
        let shown = skew.effect(post).shown("Pending");
        if (post.index, post.nth) == (0, 1) {
            told.notify_one();
            let effect = takes_effect.then(|| skew.effect(post));
            return Play { effect, act: Act::Silence };
        }
        Play { effect: Some(skew.effect(post)), ..taken(post, skew.answer(201, &shown)) }
    };
    let lists = move |asked: &Asked, effects: &[Effect]| {
        let rows: Vec<_> = fitting(asked, effects).map(|e| e.shown("Succeeded")).collect();
        skew.answer(200, &format!(r#"{{"value":[{}]}}"#, rows.join(",")))
    };
    let tenant = Tenant::start(Arc::new(posts), Arc::new(lists)).await;
    let mut desk = Desk::new(2, &quick());
    let client = || Defender::new(settings(&tenant.server.url())).unwrap();
    {
        let remote = client();
        let options = quick();
        tokio::select! {
            ended = desk.drive(&remote, &options) => panic!("it ended by itself: {ended:?}"),
            () = heard.notified() => {}
        }
    }
    desk.crash();
    let conclusion = desk.drive(&client(), &quick()).await.unwrap();
    assert_eq!(conclusion.end, End::Settled);
    (tenant, desk)
}

fn check(tenant: &Tenant, desk: &mut Desk, posts: usize, facts: &str) {
    let machines = desk.reread();
    assert!(machines.iter().all(|machine| machine.standing.state == State::Succeeded));
    assert_eq!(desk.facts(0), facts);
    let truth = tenant.truth();
    assert_eq!(truth.posts.iter().filter(|post| post.index == 0).count(), posts);
    assert_eq!(truth.effects.len(), 2, "one a machine");
}

#[tokio::test]
async fn a_post_under_way_at_the_end_of_the_process_is_found_and_not_made_again() {
    let (tenant, mut desk) = die_and_resume(true, Skew::None).await;
    check(&tenant, &mut desk, 1, "sending uncertain found succeeded");
}

#[tokio::test]
async fn a_post_that_came_to_nothing_with_the_process_is_made_once_more() {
    let (tenant, mut desk) = die_and_resume(false, Skew::None).await;
    let facts = "sending uncertain missing resend sending accepted succeeded";
    check(&tenant, &mut desk, 2, facts);
}

#[tokio::test]
async fn a_server_whose_clock_is_a_day_off_is_searched_by_its_own_time() {
    let day = Duration::from_hours(24);
    for skew in [Skew::Ahead(day), Skew::Behind(day)] {
        let (tenant, mut desk) = die_and_resume(true, skew).await;
        check(&tenant, &mut desk, 1, "sending uncertain found succeeded");
        let looked_up = tenant.truth().lists.iter().any(|asked| asked.machine.is_some());
        assert!(!looked_up, "the first list did not hold it");
    }
}
