//! Answers that waiting does not change: the run ends as a guard ends it, in their own words, and
//! not as one that is worth starting again by itself.

use std::time::Duration;

use mde_offboard::defender::{Defender, Settings};
use mde_offboard::domain::{End, State};

use crate::defender::http2_server::Http2Server;
use crate::defender::server::{Act, answer, json, settings};

use super::row::{Row, check_all};
use super::tenant::{accepted, lost, refusal};

/// What OData says of a query.
pub(crate) const NO_QUERY: &str = r#"{"error":{"code":"",
    "message":"The query specified in the URI is not valid.","details":[]}}"#;

/// A page of a proxy, with more markup than words.
pub(crate) const FILTER: &str = "<!DOCTYPE html><html><head><title>Web filter</title>\
    <style>p { color: red }</style></head><body><script>if (1 < 2) {}</script>\
    <h1>Access denied</h1><p>Category: <b>new</b> hosts</p></body></html>";

fn page(status: u16, body: &str) -> Act {
    Act::Answer(answer(status, &[("Content-Type", "text/html")], body.as_bytes()))
}

/// Two machines, a list that is always answered so, and little patience.
fn row(name: &str, list: Act, (end, exit): (End, u8)) -> Row {
    Row::new(name, accepted)
        .lists(move |_, _| list.clone())
        .with(|options| options.offline_timeout = Some(Duration::from_millis(500)))
        .comes_to(State::Queued, 0, "")
        .ends(end, exit)
        .others(State::Queued)
}

#[tokio::test]
async fn a_list_that_is_refused_again_and_again_ends_as_a_guard_and_in_its_own_words() {
    let address = "Defender's API is not at this address: check --api-url and the proxy";
    let cases = [
        (
            "a query that is not taken",
            Act::Answer(json(400, NO_QUERY)),
            "for 1s: The query specified in the URI is not valid. (HTTP 400)",
        ),
        (
            "Defender's own 404",
            refusal(404, "ResourceNotFound"),
            "for 1s: Words. (ResourceNotFound, HTTP 404)",
        ),
        ("a bare 404", Act::Answer(answer(404, &[], b"")), address),
        ("a 404 of a web server", page(404, "<h1>Not Found</h1>"), address),
        (
            "a filter",
            page(403, FILTER),
            "(text/html): Web filter: Access denied Category: new hosts (HTTP 403)",
        ),
        (
            "a front page",
            page(200, "<title>Intranet</title>"),
            "not an answer from Defender (text/html): Intranet (HTTP 200)",
        ),
    ];
    let rows = cases.clone().map(|(name, act, _)| row(name, act, (End::Tripped, 7)));
    for (outcome, (name, _, words)) in check_all(rows).await.into_iter().zip(cases) {
        let why = outcome.conclusion.why.unwrap();
        assert!(why.contains(words), "{name}: {why}");
        assert!(!why.contains("no connection") && !why.contains('<'), "{name}: {why}");
    }
}

#[tokio::test]
async fn a_list_that_may_be_read_after_a_while_ends_as_unreachable() {
    let broken = || refusal(503, "ServiceUnavailable");
    let rows = [
        row("a 503", broken(), (End::Unreachable, 5)),
        row("a gateway's page", page(502, "<title>Bad Gateway</title>"), (End::Unreachable, 5)),
        row("a connection that ends", Act::AnswerAndClose(Vec::new()), (End::Unreachable, 5)),
    ];
    check_all(rows).await;
}

/// A run whose every request goes nowhere.
async fn nowhere(name: &str, to: Settings, (end, exit): (End, u8)) -> String {
    let row = row(name, Act::Silence, (end, exit));
    let tenant = row.tenant().await;
    let outcome = row.check_with(tenant, &Defender::new(to).unwrap()).await;
    outcome.conclusion.why.unwrap()
}

/// Fails unless a run ends with these words about a server whose authority is not this one.
async fn check_refused(ca_file: Option<Vec<u8>>, words: &str) {
    let server = Http2Server::start(|_| panic!("no request comes through")).await;
    let to = Settings { ca_file, ..settings(&server.url()) };
    let why = nowhere("an unknown issuer", to, (End::NoAccess, 6)).await;
    assert!(why.contains("from `CN=authority of a test`"), "{why}");
    assert!(why.contains(words), "{why}");
    assert!(why.contains("--ca-file") && why.contains("(certificate)"), "{why}");
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine asks for revocations before it says whom it does not know")]
async fn a_certificate_that_nobody_vouches_for_ends_without_access_and_names_its_issuer() {
    check_refused(None, "which this computer does not trust").await;
}

#[tokio::test]
async fn a_certificate_of_an_authority_with_a_known_name_and_another_key_ends_without_access() {
    let other = Http2Server::start(|_| panic!("no request comes through")).await;
    let words = "not signed with the key that this computer trusts";
    check_refused(Some(other.ca()), words).await;
}

#[tokio::test]
async fn a_name_that_does_not_exist_and_never_answered_ends_as_a_guard() {
    // The resolver knows without asking anyone that this is no name: a label is too long.
    let proxy = format!("http://{}.invalid", "a".repeat(64));
    let to = Settings { proxy: Some(proxy), ..settings("https://defender.example") };
    let why = nowhere("no such name", to, (End::Tripped, 7)).await;
    assert!(why.contains("(for `defender.example`) does not exist"), "{why}");
}

#[tokio::test]
async fn what_stays_in_doubt_is_held_with_the_answer_that_put_it_there() {
    let held = "sending uncertain missing resend sending uncertain missing held";
    let cases = [
        ("a gateway's page", page(502, "<title>Bad Gateway</title>"), 502, "Bad Gateway"),
        ("a broken service", refusal(500, "InternalServerError"), 500, "Words."),
        ("a filter", page(403, FILTER), 403, "Web filter: Access denied"),
    ];
    let rows = cases.clone().map(|(name, act, ..)| {
        Row::new(name, move |_| lost(act.clone()))
            .comes_to(State::Held, 2, held)
            .ends(End::Settled, 5)
    });
    for (outcome, (name, _, status, words)) in check_all(rows).await.into_iter().zip(cases) {
        assert_eq!(outcome.told(), (Some(status), "uncertain"), "{name}");
        let message = outcome.victim.standing.detail.unwrap().message;
        assert!(message.contains(words) && !message.contains("without an answer"), "{message}");
    }
}

#[tokio::test]
async fn a_refused_query_proves_nothing_of_a_post() {
    let row = Row::new("a POST answered like a list", |post| match post.nth {
        1 => lost(Act::Answer(json(400, NO_QUERY))),
        _ => accepted(post),
    });
    let facts = "sending uncertain missing resend sending accepted succeeded";
    row.comes_to(State::Succeeded, 2, facts).check().await;
}

#[tokio::test]
async fn each_of_ten_unknown_machines_says_whose_list_it_may_be() {
    let absent = |_: &super::tenant::Post| lost(refusal(404, "NotFound"));
    let row = Row::of_many("a list of another tenant", (40, 39), absent)
        .comes_to(State::Queued, 0, "")
        .ends(End::Tripped, 7)
        .others(None);
    let why = row.check().await.conclusion.why.unwrap();
    let words = "does not know ten machines in a row; the list or the app belongs to another \
                 tenant: Words. (NotFound, HTTP 404)";
    assert!(why.contains(words), "{why}");
}
