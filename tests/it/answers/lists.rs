//! Lists that lag, break off, repeat and point elsewhere, and actions that end in every way.

use mde_offboard::domain::{End, State};

use crate::defender::server::{Act, Server, answer, json};

use super::row::{Row, check_all};
use super::tenant::{Asked, Effect, Post, accepted, honest, lost, page, unanswered};

const FOUND: &str = "sending uncertain found succeeded";

#[tokio::test]
async fn an_action_that_is_listed_late_is_found_by_the_second_look_up() {
    let late = |asked: &Asked, effects: &[Effect]| match (&asked.machine, asked.nth) {
        (Some(_), 1) => page(&[]),
        _ => honest(asked, effects),
    };
    let facts = "sending uncertain missing found succeeded";
    // Alone: else a list of pending actions would show it first.
    Row::of_many("a list that lags", (1, 0), unanswered)
        .lists(late)
        .comes_to(State::Succeeded, 1, facts)
        .check()
        .await;
}

/// Answers to a look-up that say nothing of what became of a request.
fn that_prove_nothing(elsewhere: &Server) -> Vec<(&'static str, Act)> {
    let link = format!(r#"{{"value":[],"@odata.nextLink":"{}/next"}}"#, elsewhere.url());
    let cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{";
    vec![
        ("a link to another host", Act::Answer(json(200, &link))),
        ("a list that ends early", Act::AnswerAndClose(cut.to_vec())),
        ("a 500", Act::Answer(json(500, r#"{"error":{"code":"InternalServerError"}}"#))),
        ("a 404 of a gateway", Act::Answer(answer(404, &[], b"no route"))),
        ("a page of HTML", Act::Answer(answer(200, &[("Content-Type", "text/html")], b"<html>"))),
        ("no list at all", Act::Answer(json(200, "{}"))),
        ("an action without a type", Act::Answer(json(200, r#"{"value":[{"id":"1"}]}"#))),
        ("a connection that ends", Act::AnswerAndClose(Vec::new())),
    ]
}

#[tokio::test]
async fn a_list_that_is_not_whole_never_leads_to_a_second_post() {
    let elsewhere = Server::always(Act::Answer(json(200, r#"{"value":[]}"#))).await;
    let rows = that_prove_nothing(&elsewhere).into_iter().map(|(name, act)| {
        // Twice, so that it could pass for both negative look-ups.
        let lists = move |asked: &Asked, effects: &[Effect]| match (&asked.machine, asked.nth) {
            (Some(_), 1 | 2) => act.clone(),
            _ => honest(asked, effects),
        };
        Row::new(name, unanswered).lists(lists).comes_to(State::Succeeded, 1, FOUND)
    });
    check_all(rows).await;
    assert_eq!(elsewhere.heard(), Vec::<String>::new(), "a link was followed");
}

#[tokio::test]
async fn before_the_first_post_a_whole_list_is_read() {
    let elsewhere = Server::always(Act::Silence).await;
    let rows = that_prove_nothing(&elsewhere).into_iter().map(|(name, act)| {
        let lists = move |asked: &Asked, effects: &[Effect]| match (&asked.machine, asked.nth) {
            (None, 1) => act.clone(),
            _ => honest(asked, effects),
        };
        Row::new(name, accepted).lists(lists)
    });
    for outcome in check_all(rows).await {
        let sweeps = outcome.tenant.truth().lists.iter().filter(|l| l.machine.is_none()).count();
        assert!(sweeps >= 3, "the first list again, and one that follows: {sweeps}");
    }
}

#[tokio::test]
async fn pages_that_repeat_and_shuffle_are_read_to_the_end_and_each_action_counts_once() {
    let stranger = |number: usize| {
        let id = format!("99999999-0000-4000-8000-{number:012}");
        format!(r#"{{"id":"{id}","type":"Offboard","status":"Succeeded","machineId":null}}"#)
    };
    // A full page of which each row stands there twice: it covers half of what it holds.
    let full = page(&(0..10_000).map(|row| stranger(row / 2)).collect::<Vec<_>>());
    let lists = move |asked: &Asked, effects: &[Effect]| match (&asked.machine, asked.skip) {
        (None, 0) => full.clone(),
        _ => {
            let ours = effects.iter().rev();
            let rows = ours.flat_map(|e| [e.shown("Succeeded"), e.shown("InProgress")]);
            page(&std::iter::once(stranger(7)).chain(rows).collect::<Vec<_>>())
        }
    };
    let outcome = Row::new("two pages", accepted).lists(lists).check().await;
    let truth = outcome.tenant.truth();
    assert!(truth.lists.iter().any(|asked| asked.skip == 5_000), "the second page");
    assert!(truth.lists.iter().all(|asked| asked.skip <= 5_000), "and no third one");
}

type StatusOf = fn(usize) -> &'static str;

/// The status of an action in the nth list of all actions; the first one is before any POST.
fn shown_as(status: StatusOf) -> impl Fn(&Asked, &[Effect]) -> Act {
    move |asked, effects| {
        let shown = |effect: &Effect| {
            let first = effect.machine.ends_with('0');
            effect.shown(if first { status(asked.nth) } else { "Succeeded" })
        };
        page(&effects.iter().map(shown).collect::<Vec<_>>())
    }
}

#[tokio::test]
async fn an_action_ends_as_the_server_says_and_is_never_sent_again_by_itself() {
    let ends: [(&str, StatusOf, State); 3] = [
        ("cancelled by somebody else", |_| "Cancelled", State::Cancelled),
        ("failed", |_| "Failed", State::Failed),
        ("timed out", |_| "TimeOut", State::TimedOut),
    ];
    let rows = ends.map(|(name, status, state)| {
        Row::new(name, accepted)
            .lists(shown_as(status))
            .comes_to(state, 1, "sending accepted ended")
            .ends(End::Settled, 4)
    });
    check_all(rows).await;
}

#[tokio::test]
async fn a_status_that_nobody_knows_is_kept_and_followed() {
    let status = |nth| if nth < 4 { "Levitating" } else { "Succeeded" };
    let facts = "sending accepted updated succeeded";
    let row = Row::new("an unknown status", accepted).lists(shown_as(status));
    row.comes_to(State::Succeeded, 1, facts).check().await;
}

#[tokio::test]
async fn a_look_up_that_finds_nothing_is_made_twice_before_a_second_post() {
    let row = Row::new("nothing is found", |post: &Post| match post.nth {
        1 => lost(Act::AnswerAndClose(Vec::new())),
        _ => accepted(post),
    });
    let facts = "sending uncertain missing resend sending accepted succeeded";
    let outcome = row.comes_to(State::Succeeded, 2, facts).check().await;
    let truth = outcome.tenant.truth();
    let looks = truth.lists.iter().filter(|asked| asked.machine.is_some()).count();
    assert_eq!(looks, 2);
}
