//! Tokens: refused once, near their end, for somebody else, without a permission.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mde_offboard::defender::{AuthorityUrl, CredentialKind, Defender, Settings};
use mde_offboard::domain::{Now, State, TimeSource};

use crate::defender::claims::jwt;
use crate::defender::server::{Act, Server, answer, json, settings, system_time};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Said;

use super::row::{Outcome, Row};
use super::tenant::{Post, accepted, lost};

/// An authority that numbers its tokens: `token-0`, `token-1` ...
async fn authority(expires_in: u32) -> Server {
    Server::start(move |number, _| {
        Act::Answer(json(
            200,
            &format!(
                r#"{{"token_type":"Bearer","expires_in":{expires_in},
                "access_token":"token-{number}"}}"#
            ),
        ))
    })
    .await
}

/// A clock that goes on by 30 seconds whenever it is read.
fn flying() -> TimeSource {
    let (start, reads) = (system_time().now(), AtomicU64::new(0));
    TimeSource::new(move || {
        let gone = Duration::from_secs(30 * reads.fetch_add(1, Ordering::SeqCst));
        Now { steady: start.steady.plus(gone), wall: start.wall.plus(gone), ..start }
    })
}

async fn check(row: Row, authority: &Server) -> Outcome {
    let tenant = row.tenant().await;
    let settings = Settings {
        authority: AuthorityUrl::parse(&authority.url()).unwrap(),
        tenant_id: Some("contoso.example".to_owned()),
        client_id: Some("the-client".to_owned()),
        credential: CredentialKind::ClientSecret("secret".into()),
        clock: flying(),
        ..settings(&tenant.server.url())
    };
    row.check_with(tenant, &Defender::new(settings).unwrap()).await
}

#[tokio::test]
async fn after_a_401_the_same_machine_is_sent_with_a_new_token() {
    let authority = authority(3_599).await;
    let first = |post: &Post| match post.nth {
        1 => lost(Act::Answer(answer(401, &[], b""))),
        _ => accepted(post),
    };
    let facts = "sending retrying-free sending accepted succeeded";
    let row = Row::new("401 once", first).comes_to(State::Succeeded, 2, facts);
    let outcome = check(row, &authority).await;
    let truth = outcome.tenant.truth();
    let sent: Vec<_> = truth.posts.iter().map(|post| (post.index, post.token.as_str())).collect();
    assert_eq!(sent, [(0, "token-0"), (0, "token-1"), (1, "token-1")]);
}

#[tokio::test]
async fn a_token_that_ends_during_the_run_is_renewed_ahead_and_no_machine_fails() {
    // Time flies: by half a minute each time that somebody looks at the clock.
    let authority = authority(300).await;
    let row = Row::of_many("tokens near their end", (12, 0), accepted)
        .with(|options| options.concurrency = 8);
    let outcome = check(row, &authority).await;
    let truth = outcome.tenant.truth();
    assert_eq!(truth.posts.len(), 12);
    let mut tokens: Vec<_> = truth.posts.iter().map(|post| &post.token).collect();
    tokens.sort();
    tokens.dedup();
    assert!(tokens.len() > 1, "it was never renewed");
    assert!(truth.posts.len() + truth.lists.len() >= authority.heard().len(), "one each at most");
}

/// The real program with a token that was handed in.
fn run_with(token: &str, api: &str) -> Said {
    let desk = Desk::with_file("fleet.csv", list(1)).with("MDE_OFFBOARD_TOKEN", token);
    let tenant = "--tenant-id 72f988bf-0000-0000-0000-000000000000";
    desk.run(&format!("run fleet.csv --comment x --yes --api-url {api} {tenant}"))
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused_before_any_request_and_says_what_is_missing() {
    const AUDIENCE: &str = "https://api.securitycenter.microsoft.com";
    const TENANT: &str = "72f988bf-0000-0000-0000-000000000000";
    let server = Server::always(Act::Answer(json(200, r#"{"value":[]}"#))).await;
    let both = r#""Machine.Offboard","Machine.Read.All""#;
    let other_tenant = TENANT.replace('7', "8");
    let rows = [
        (other_tenant.as_str(), AUDIENCE, both, "82f988bf"),
        (TENANT, "https://graph.microsoft.com", both, "graph.microsoft.com"),
        (TENANT, AUDIENCE, r#""Machine.Read.All""#, "Machine.Offboard"),
        (TENANT, AUDIENCE, r#""Machine.Offboard""#, "Machine.Read.All"),
        (TENANT, AUDIENCE, "", "Machine.Offboard"),
    ];
    for (tenant, audience, roles, named) in rows {
        let claims = format!(r#"{{"aud":"{audience}","tid":"{tenant}","roles":[{roles}]}}"#);
        let (token, url) = (jwt(&claims), server.url());
        let ran = tokio::task::spawn_blocking(move || run_with(&token, &url));
        ran.await.unwrap().ends_with(6).says(named);
    }
    assert_eq!(server.heard(), Vec::<String>::new());
}
