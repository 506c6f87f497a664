//! The answers to an offboard POST that are about the run: it stops, and the rest stays queued.

use mde_offboard::domain::{End, State};

use crate::defender::server::{Act, Server, answer, json};

use super::row::{Row, check_all};
use super::tenant::{Effect, Play, Post, accepted, lost, page, refusal, taken};

const OTHER: &str = "ffffffffffffffffffffffffffffffffffffffff";

#[tokio::test]
async fn an_answer_about_another_machine_stops_the_run_at_once() {
    let other = |post: &Post| {
        let shown = Effect::of(post).shown("Pending").replace(&post.machine, OTHER);
        taken(post, Act::Answer(json(201, &shown)))
    };
    let row = Row::of_many("another machine's ID", (4, 0), other)
        .comes_to(State::Uncertain, 1, "sending uncertain")
        .ends(End::Tripped, 7)
        .others(State::Queued);
    let outcome = row.check().await;
    let why = outcome.conclusion.why.unwrap();
    assert!(why.contains(OTHER), "{why}");
    assert_eq!(outcome.tenant.truth().posts.len(), 1);
}

#[tokio::test]
async fn a_redirect_stops_the_run_and_is_never_followed() {
    let elsewhere = Server::always(Act::Answer(json(200, "{}"))).await;
    let rows = [300, 301, 302, 303, 304, 307, 308].map(|status| {
        let headers = [("Location", elsewhere.url())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let bytes = answer(status, &headers, b"");
        Row::of_many(format!("status {status}"), (3, 0), move |_| lost(Act::Answer(bytes.clone())))
            .comes_to(State::Uncertain, 1, "sending uncertain")
            .ends(End::Tripped, 7)
            .others(State::Queued)
    });
    for outcome in check_all(rows).await {
        assert_eq!(outcome.tenant.truth().posts.len(), 1);
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new(), "the token went to another place");
}

#[tokio::test]
async fn a_list_that_redirects_stops_the_run_before_the_first_post() {
    let bytes = answer(302, &[("Location", "http://127.0.0.1:9/")], b"");
    let row = Row::of_many("a list redirects", (2, 0), accepted)
        .lists(move |_, _| Act::Answer(bytes.clone()))
        .comes_to(State::Queued, 0, "")
        .ends(End::Tripped, 7)
        .others(State::Queued);
    row.check().await;
}

#[tokio::test]
async fn three_successes_in_a_row_that_are_not_defenders_stop_the_run() {
    let html: fn(&Post) -> Act =
        |_| Act::Answer(answer(200, &[("Content-Type", "text/html")], b"<html>Welcome</html>"));
    let empty: fn(&Post) -> Act = |_| Act::Answer(answer(200, &[], b""));
    let other_type: fn(&Post) -> Act = |post| {
        let shown = Effect::of(post).shown("Pending").replace("\"Offboard\"", "\"Isolate\"");
        Act::Answer(json(201, &shown))
    };
    let rows = [("HTML", html), ("nothing", empty), ("another type", other_type)];
    let rows = rows.map(|(name, act)| {
        // The third of four: the run stops with it, and the fourth is not sent. The settle time is
        // long, so that no look-up comes between.
        Row::of_many(name, (3, 2), move |post| lost(act(post)))
            .with(|options| options.settle = std::time::Duration::from_mins(1))
            .comes_to(State::Uncertain, 1, "sending uncertain")
            .ends(End::Tripped, 7)
            .others(State::Uncertain)
    });
    check_all(rows).await;
}

#[tokio::test]
async fn ten_refusals_in_a_row_stop_the_run() {
    let refused = |_: &Post| lost(refusal(400, "InvalidRequestBody"));
    let row = Row::of_many("ten bad requests", (11, 10), refused)
        .comes_to(State::Queued, 0, "")
        .ends(End::Tripped, 7)
        .others(State::Rejected);
    assert_eq!(row.check().await.tenant.truth().posts.len(), 10);
}

#[tokio::test]
async fn many_unsupported_systems_in_a_row_do_not_stop_the_run() {
    for code in ["OsPlatformNotSupported", "ClientVersionNotSupported"] {
        let refused = |_: &Post| lost(refusal(400, code));
        let row = Row::of_many("eleven unsupported systems", (11, 10), refused)
            .comes_to(State::Rejected, 1, "sending rejected")
            .ends(End::Settled, 4)
            .others(State::Rejected);
        row.check().await;
    }
}

#[tokio::test]
async fn a_403_as_the_first_answer_ends_the_run_without_access() {
    let row = Row::of_many("403 first", (3, 0), |_| lost(refusal(403, "Forbidden")))
        .comes_to(State::Queued, 1, "sending retrying-free")
        .ends(End::NoAccess, 6)
        .others(State::Queued);
    let outcome = row.check().await;
    assert_eq!(outcome.told(), (Some(403), "Forbidden"));
}

#[tokio::test]
async fn three_403s_in_a_row_end_the_run_without_access() {
    let row = Row::of_many("403 three times", (4, 3), |post| match post.index {
        0 => accepted(post),
        _ => lost(refusal(403, "Forbidden")),
    });
    // The first one's action is not listed yet when the run ends.
    let row = row.lists(|_, _| page(&[])).others(None);
    let row = row.comes_to(State::Queued, 1, "sending retrying-free").ends(End::NoAccess, 6);
    let outcome = row.check().await;
    assert_eq!(outcome.tenant.truth().posts.len(), 4);
}

#[tokio::test]
async fn a_second_401_ends_the_run_without_access() {
    let row =
        Row::of_many("401 for every token", (3, 0), |_| lost(Act::Answer(answer(401, &[], b""))))
            .comes_to(State::Queued, 2, "sending retrying-free sending retrying-free")
            .ends(End::NoAccess, 6)
            .others(State::Queued);
    let outcome = row.check().await;
    assert_eq!(outcome.tenant.truth().posts.len(), 2, "the same machine again, and no other");
}

#[tokio::test]
async fn a_407_ends_the_run_without_access() {
    let wanted = |_: &Post| lost(Act::Answer(answer(407, &[("Proxy-Authenticate", "Basic")], b"")));
    let row = Row::of_many("407", (3, 0), wanted)
        .comes_to(State::Queued, 1, "sending retrying-free")
        .ends(End::NoAccess, 6)
        .others(State::Queued);
    let outcome = row.check().await;
    let why = outcome.conclusion.why.unwrap();
    assert!(why.contains("a proxy wants a user name and a password; set HTTPS_PROXY"), "{why}");
}

#[tokio::test]
async fn without_the_permission_to_read_nothing_is_posted() {
    let row = Row::of_many("403 for a list", (2, 0), |post| -> Play { accepted(post) })
        .lists(|_, _| refusal(403, "Forbidden"))
        .comes_to(State::Queued, 0, "")
        .ends(End::NoAccess, 6)
        .others(State::Queued);
    row.check().await;
}
