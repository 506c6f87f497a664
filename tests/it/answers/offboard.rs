//! The answers to an offboard POST that are about its machine: accepted, refused, in doubt.

use mde_offboard::domain::{End, State};

use crate::defender::server::{Act, answer, json};

use super::row::{Row, check_all};
use super::tenant::{Effect, Play, Post, accepted, honest, lost, page, refusal, taken};

/// Facts of a machine whose POST was in doubt and had taken effect: found, never sent again.
const FOUND: &str = "sending uncertain found succeeded";
/// Facts of a machine whose POST was in doubt and had not: looked for twice, sent once more.
const SENT_AGAIN: &str = "sending uncertain missing resend sending accepted succeeded";

const LARGE: usize = (1 << 20) + 1;

fn head(length: usize) -> Vec<u8> {
    let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ";
    format!("{head}{length}\r\n\r\n").into_bytes()
}

fn json_of(body: Vec<u8>) -> Act {
    Act::AnswerAndClose(answer(201, &[("Content-Type", "application/json")], &body))
}

fn named(act: impl Fn(&Post) -> Act + Send + Sync + 'static) -> Box<ActOf> {
    Box::new(act)
}

type ActOf = dyn Fn(&Post) -> Act + Send + Sync;

/// Every row in which nobody can know what became of the request.
fn doubts() -> Vec<(String, Box<ActOf>)> {
    let shown = |post: &Post| Effect::of(post).shown("Pending");
    let mut rows: Vec<(String, Box<ActOf>)> = vec![
        ("a timeout".to_owned(), named(|_| Act::Silence)),
        ("a reset".to_owned(), named(|_| Act::AnswerAndReset(Vec::new()))),
        ("an end of file".to_owned(), named(|_| Act::AnswerAndClose(Vec::new()))),
        (
            "a truncated body".to_owned(),
            named(move |post| {
                Act::AnswerAndClose([head(5_000), shown(post).into_bytes()].concat())
            }),
        ),
        (
            "a body that is too large".to_owned(),
            named(move |post| json_of(format!("{}{}", shown(post), " ".repeat(LARGE)).into())),
        ),
        ("a slow drip".to_owned(), named(|_| Act::Drip(head(1_000_000)))),
        (
            "a compression bomb".to_owned(),
            named(|_| {
                let bomb = include_bytes!("../defender/two_mebibytes.gz");
                let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
                Act::AnswerAndClose(answer(201, &headers, bomb))
            }),
        ),
        ("deep nesting".to_owned(), named(|_| json_of("[".repeat(200_000).into()))),
        ("invalid UTF-8".to_owned(), named(|_| json_of(b"{\"id\":\"\xff\xfe\"}".to_vec()))),
        ("a wrong shape".to_owned(), named(|_| json_of(b"{\"value\":[]}".to_vec()))),
        ("an empty body".to_owned(), named(|_| json_of(Vec::new()))),
        (
            "a page of HTML".to_owned(),
            named(|_| Act::Answer(answer(200, &[("Content-Type", "text/html")], b"<html>"))),
        ),
        (
            "an action of another type".to_owned(),
            named(move |post| json_of(shown(post).replace("\"Offboard\"", "\"Isolate\"").into())),
        ),
        (
            "a 404 of a gateway".to_owned(),
            named(|_| Act::Answer(answer(404, &[("Content-Type", "text/html")], b"no route"))),
        ),
        ("a 400 without words".to_owned(), named(|_| Act::Answer(answer(400, &[], b"")))),
        ("a 403 of a firewall".to_owned(), named(|_| Act::Answer(answer(403, &[], b"blocked")))),
    ];
    for status in [202, 204, 206, 299, 402, 405, 408, 409, 418, 422, 500, 502, 503, 504, 599] {
        let body: &[u8] = if status == 204 { b"" } else { b"{\"error\":{\"code\":\"Code\"}}" };
        let bytes = answer(status, &[("Content-Type", "application/json")], body);
        rows.push((format!("status {status}"), named(move |_| Act::Answer(bytes.clone()))));
    }
    rows
}

/// A row that is given up only where nothing else ends the wait: all others have the time that a
/// busy computer needs.
fn in_doubt(name: &str, act: impl Fn(&Post) -> Play + Send + Sync + 'static) -> Row {
    let row = Row::new(name, act);
    if ["a timeout", "a slow drip"].contains(&name) { row.impatient() } else { row }
}

#[tokio::test]
async fn a_doubt_whose_request_took_effect_is_looked_up_and_never_sent_again() {
    let rows = doubts().into_iter().map(|(name, act)| {
        let row = in_doubt(&name, move |post| taken(post, act(post)));
        row.comes_to(State::Succeeded, 1, FOUND)
    });
    check_all(rows).await;
}

#[tokio::test]
async fn a_doubt_whose_request_did_nothing_is_looked_up_twice_and_sent_once_more() {
    let rows = doubts().into_iter().map(|(name, act)| {
        let first = move |post: &Post| match post.nth {
            1 => lost(act(post)),
            _ => accepted(post),
        };
        in_doubt(&name, first).comes_to(State::Succeeded, 2, SENT_AGAIN)
    });
    check_all(rows).await;
}

#[tokio::test]
async fn a_second_doubt_is_held_for_a_person() {
    let row = Row::new("silence twice", |_| lost(Act::Silence)).impatient();
    let held = "sending uncertain missing resend sending uncertain missing held";
    let outcome = row.comes_to(State::Held, 2, held).ends(End::Settled, 5).check().await;
    assert_eq!(outcome.told(), (None, "uncertain"));
}

#[tokio::test]
async fn with_hold_a_doubt_is_never_sent_again() {
    let row = Row::new("a timeout, with --on-uncertain hold", |_| lost(Act::Silence))
        .impatient()
        .with(|options| options.on_uncertain = mde_offboard::engine::OnUncertain::Hold);
    row.comes_to(State::Held, 1, "sending uncertain missing held")
        .ends(End::Settled, 5)
        .check()
        .await;
}

fn answered(status: u16, change: fn(&Post, String) -> String) -> impl Fn(&Post) -> Play {
    move |post| {
        let shown = change(post, Effect::of(post).shown("Pending"));
        taken(post, Act::Answer(json(status, &shown)))
    }
}

#[tokio::test]
async fn an_action_of_ours_is_pending_and_then_as_it_ends() {
    let no_machine =
        |post: &Post, shown: String| shown.replace(&format!("\"{}\"", post.machine), "null");
    let no_comment = |post: &Post, shown: String| shown.replace(&post.comment, "");
    check_all([
        Row::new("200", answered(200, |_, shown| shown)),
        Row::new("201", answered(201, |_, shown| shown)),
        Row::new("201 without a machine ID", answered(201, no_machine)),
        Row::new("201 without a comment", answered(201, no_comment)),
    ])
    .await;
}

#[tokio::test]
async fn an_action_with_another_comment_is_adopted() {
    let other = |post: &Post, shown: String| shown.replace(&post.comment, "Somebody was first");
    let row = Row::new("another comment", answered(201, other));
    let row = row.comes_to(State::Succeeded, 1, "sending adopted succeeded");
    assert!(row.check().await.victim.standing.adopted);
}

fn busy() -> [(&'static str, Act); 2] {
    let words = r#"{"error":{"code":"BadRequest","message":"Action is already in progress"}}"#;
    [
        ("ActiveRequestAlreadyExists", refusal(400, "ActiveRequestAlreadyExists")),
        ("Action is already in progress", Act::Answer(json(400, words))),
    ]
}

#[tokio::test]
async fn where_another_action_is_active_an_offboarding_is_adopted() {
    let rows = busy().map(|(name, act)| {
        let theirs = move |post: &Post| {
            let effect = Effect { comment: "Somebody was first".to_owned(), ..Effect::of(post) };
            Play { effect: Some(effect), act: act.clone() }
        };
        // It is active when it is looked up, and ends after that.
        let lists = |asked: &super::tenant::Asked, effects: &[Effect]| match asked.machine {
            Some(_) => page(&effects.iter().map(|e| e.shown("InProgress")).collect::<Vec<_>>()),
            None => honest(asked, effects),
        };
        Row::new(name, theirs).lists(lists).comes_to(
            State::Succeeded,
            1,
            "sending uncertain found-adopted succeeded",
        )
    });
    for outcome in check_all(rows).await {
        assert!(outcome.victim.standing.adopted);
    }
}

#[tokio::test]
async fn where_an_action_of_another_kind_is_active_the_machine_is_sent_later() {
    let rows = busy().map(|(name, act)| {
        let first = move |post: &Post| match post.nth {
            1 => lost(act.clone()),
            _ => accepted(post),
        };
        // Long enough that a busy computer does not make a look-up at once one after a wait.
        Row::new(name, first)
            .with(|options| options.settle = std::time::Duration::from_secs(10))
            .comes_to(State::Succeeded, 2, "sending uncertain retrying sending accepted succeeded")
    });
    check_all(rows).await;
}

#[tokio::test]
async fn a_refusal_for_good_rejects_the_machine_and_the_run_goes_on() {
    for (status, code) in [
        (400, "OsPlatformNotSupported"),
        (400, "ClientVersionNotSupported"),
        (400, "InvalidRequestBody"),
        (400, "SomethingNew"),
    ] {
        let row = Row::new(code, move |_| lost(refusal(status, code)))
            .comes_to(State::Rejected, 1, "sending rejected")
            .ends(End::Settled, 4);
        assert_eq!(row.check().await.told(), (Some(status), code));
    }
}

#[tokio::test]
async fn a_403_after_a_good_answer_is_about_its_machine() {
    let second = |code: &'static str| {
        move |post: &Post| match (post.index, post.nth) {
            (1, 1) => lost(refusal(403, code)),
            _ => accepted(post),
        }
    };
    check_all([
        Row::of_many("disallowed for one machine", (3, 1), second("DisallowedOperation"))
            .comes_to(State::Rejected, 1, "sending rejected")
            .ends(End::Settled, 4),
        Row::of_many("forbidden for one machine", (3, 1), second("Forbidden")).comes_to(
            State::Succeeded,
            2,
            "sending retrying sending accepted succeeded",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_404_is_asked_three_times_and_a_false_one_is_forgotten() {
    let absent = |_: &Post| lost(refusal(404, "ResourceNotFound"));
    let once = move |post: &Post| if post.nth == 1 { absent(post) } else { accepted(post) };
    check_all([
        Row::new("always 404", absent)
            .comes_to(State::Rejected, 3, "sending retrying sending retrying sending rejected")
            .ends(End::Settled, 4),
        Row::new("404 once", once).comes_to(
            State::Succeeded,
            2,
            "sending retrying sending accepted succeeded",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_429_is_waited_out_and_uses_up_no_attempt() {
    let words = |seconds: &str| {
        format!(r#"{{"error":{{"code":"429","message":"You can send again in {seconds}"}}}}"#)
    };
    let by_header = answer(429, &[("Retry-After", "1")], b"slow down");
    let by_words = json(429, &words("1 seconds"));
    let without = answer(429, &[("Content-Type", "text/html")], b"<html>");
    let rows = [("a header", by_header), ("words", by_words), ("no time at all", without)];
    let rows = rows.map(|(name, bytes)| {
        let first = move |post: &Post| match post.nth {
            1 => lost(Act::Answer(bytes.clone())),
            _ => accepted(post),
        };
        Row::new(format!("429 with {name}"), first)
            .with(|options| options.attempts_max = 1)
            .comes_to(State::Succeeded, 2, "sending retrying-free sending accepted succeeded")
    });
    for outcome in check_all(rows).await {
        assert_eq!(outcome.victim.standing.attempts_counted, 1);
        let ran = outcome.conclusion.ended_at.since(outcome.conclusion.started_at);
        assert!(ran >= std::time::Duration::from_secs(1), "it waited only {ran:?}");
    }
}
