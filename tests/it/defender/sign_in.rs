//! Sign-in with a client secret against a token endpoint on loopback.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use mde_offboard::defender::{
    AuthorityUrl, CredentialKind, Defender, ReadingTime, SecretReading, SecretSource, Settings,
};
use mde_offboard::domain::{Answer, Timestamp, Trouble, Unreachable};
use mde_offboard::remote::Remote;
use tokio::sync::Notify;

use super::claims::jwt;
use super::server::{Act, Server, action, answer, json, machine, settings};

const REFUSED: &str = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid
 client secret provided. Trace ID: 1 Correlation ID: 2","error_codes":[7000215]}"#;

/// An authority that numbers its tokens: `token-0`, `token-1` ...
async fn authority(expires_in: u32) -> Server {
    Server::start(move |number, _| Act::Answer(token(&format!("token-{number}"), expires_in))).await
}

fn token(token: &str, expires_in: u32) -> Vec<u8> {
    let body =
        format!(r#"{{"token_type":"Bearer","expires_in":{expires_in},"access_token":"{token}"}}"#);
    let headers = [("Content-Type", "application/json"), ("Date", "Mon, 23 Nov 2026 08:15:30 GMT")];
    answer(200, &headers, body.as_bytes())
}

fn client(api: &Server, authority: &str) -> Defender {
    Defender::new(Settings {
        authority: AuthorityUrl::parse(authority).unwrap(),
        tenant_id: Some("contoso.example".to_owned()),
        client_id: Some("the client".to_owned()),
        credential: CredentialKind::ClientSecret("s3cret&more".into()),
        ..settings(&api.url())
    })
    .unwrap()
}

/// An API that takes every token but the ones named.
async fn api(refused: &'static [&'static str]) -> Server {
    Server::start(move |_, request| {
        let is_refused = refused.iter().any(|token| request.contains(&format!("{token}\r\n")));
        Act::Answer(if is_refused { answer(401, &[], b"") } else { json(201, &action("Q4")) })
    })
    .await
}

async fn submit(defender: &Defender) -> Answer {
    defender.submit(machine(), "Q4".to_owned()).await.what
}

fn tokens_at(api: &Server) -> Vec<String> {
    let heard = api.heard();
    let lines = heard.iter().flat_map(|request| request.lines());
    let bearer = lines.filter_map(|line| line.strip_prefix("authorization: Bearer "));
    bearer.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_client_secret_is_exchanged_for_a_token_once_and_used_for_many_requests() {
    let (api, authority) = (api(&[]).await, authority(3_599).await);
    let defender = client(&api, &format!("{}/base", authority.url()));
    for _ in 0..3 {
        assert!(matches!(submit(&defender).await, Answer::Accepted { .. }));
    }
    assert_eq!(tokens_at(&api), ["token-0"; 3]);
    let heard = authority.heard();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with("POST /base/contoso.example/oauth2/v2.0/token HTTP/1.1\r\n"));
    assert!(heard[0].ends_with(
        "client_id=the+client&client_secret=s3cret%26more&grant_type=client_credentials&\
         scope=https%3A%2F%2Fapi.securitycenter.microsoft.com%2F.default"
    ));
    assert!(!api.heard().concat().contains("s3cret"));
}

#[tokio::test]
async fn signing_in_tells_who_we_are_and_the_servers_clock() {
    let api = api(&[]).await;
    let claims = jwt(r#"{"tid":"t-1","azp":"app-1","aud":"x","roles":["Machine.Offboard"]}"#);
    let authority = Server::always(Act::Answer(token(&claims, 3_599))).await;
    let defender = client(&api, &authority.url());
    let identity = defender.sign_in().await.unwrap();
    assert_eq!(identity.tenant_id.as_deref(), Some("t-1"));
    assert_eq!(identity.app_id.as_deref(), Some("app-1"));
    assert_eq!(identity.roles, Some(vec!["Machine.Offboard".to_owned()]));
    assert_eq!(identity.server_date, Some(Timestamp::parse("2026-11-23T08:15:30Z").unwrap()));
    assert_eq!((authority.heard().len(), api.heard().len()), (1, 0));
}

#[tokio::test]
async fn the_date_of_an_earlier_sign_in_is_not_taken_for_the_present_time() {
    let (api, authority) = (api(&[]).await, authority(3_599).await);
    let defender = client(&api, &authority.url());
    assert!(matches!(submit(&defender).await, Answer::Accepted { .. }));
    assert_eq!(defender.sign_in().await.unwrap().server_date, None);
    assert_eq!(authority.heard().len(), 1);
}

#[tokio::test]
async fn many_requests_at_once_share_one_sign_in() {
    let (api, authority) = (api(&[]).await, authority(3_599).await);
    let defender = client(&api, &authority.url());
    let answers = join_all((0..8).map(|_| submit(&defender))).await;
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted { .. })));
    assert_eq!(authority.heard().len(), 1);
}

#[tokio::test]
async fn a_401_is_told_and_the_next_request_comes_with_a_new_token() {
    let (api, authority) = (api(&["token-0"]).await, authority(3_599).await);
    let defender = client(&api, &authority.url());
    let first = submit(&defender).await;
    assert!(matches!(first, Answer::Trouble(Trouble::Unauthorized(_))), "{first:?}");
    assert_eq!(api.heard().len(), 1, "the POST is not made again by itself");
    assert!(matches!(submit(&defender).await, Answer::Accepted { .. }));
    assert_eq!(tokens_at(&api), ["token-0", "token-1"]);
}

#[tokio::test]
async fn many_401s_at_once_renew_once() {
    let (api, authority) = (api(&["token-0"]).await, authority(3_599).await);
    let defender = client(&api, &authority.url());
    let refused = join_all((0..8).map(|_| submit(&defender))).await;
    assert!(refused.iter().all(|answer| matches!(answer, Answer::Trouble(_))));
    let taken = join_all((0..8).map(|_| submit(&defender))).await;
    assert!(taken.iter().all(|answer| matches!(answer, Answer::Accepted { .. })));
    assert_eq!(authority.heard().len(), 2);
}

#[tokio::test]
async fn a_late_401_for_an_old_token_does_not_cost_the_new_one() {
    let authority = authority(3_599).await;
    let told = Arc::new(Notify::new());
    let late = Arc::clone(&told);
    let api = Server::start(move |number, _| match number {
        0 => Act::AnswerWhenTold(Arc::clone(&late), answer(401, &[], b"")),
        1 => Act::Answer(answer(401, &[], b"")),
        _ => Act::Answer(json(201, &action("Q4"))),
    })
    .await;
    let defender = client(&api, &authority.url());
    let others = async {
        while api.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        for _ in 0..2 {
            submit(&defender).await;
        }
        told.notify_one();
    };
    let (slow, ()) = tokio::join!(submit(&defender), others);
    assert!(matches!(slow, Answer::Trouble(Trouble::Unauthorized(_))));
    submit(&defender).await;
    assert_eq!(tokens_at(&api), ["token-0", "token-0", "token-1", "token-1"]);
    assert_eq!(authority.heard().len(), 2);
}

#[tokio::test]
async fn a_refused_secret_is_a_refusal_in_entras_words_and_nothing_is_sent() {
    let (api, authority) =
        (api(&[]).await, Server::always(Act::Answer(json(401, &single_line(REFUSED)))).await);
    let defender = client(&api, &authority.url());
    let answer = submit(&defender).await;
    let Answer::Trouble(Trouble::SignIn(detail)) = answer else { panic!("{answer:?}") };
    assert_eq!(
        detail.to_string(),
        "AADSTS7000215: Invalid client secret provided. (AADSTS7000215, HTTP 401)"
    );
    let error = defender.sign_in().await.unwrap_err();
    assert!(error.refused);
    assert_eq!((authority.heard().len(), api.heard().len()), (2, 0), "nothing retries by itself");
}

fn single_line(text: &str) -> String {
    text.replace('\n', "")
}

#[tokio::test]
async fn an_authority_that_cannot_answer_is_not_a_refusal() {
    let busy = r#"{"error":"temporarily_unavailable","error_codes":[90033]}"#;
    for bytes in [
        answer(503, &[("Content-Type", "text/html")], b"<html>Busy</html>"),
        answer(302, &[("Location", "https://portal.example")], b""),
        answer(401, &[("Content-Type", "text/html")], b"<html>Log in</html>"),
        json(200, "{}"),
        json(200, r#"{"access_token":"","expires_in":3599}"#),
        json(429, r#"{"error":"slow_down"}"#),
        json(400, busy),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let (api, authority) = (api(&[]).await, Server::always(Act::Answer(bytes)).await);
        let defender = client(&api, &authority.url());
        let answer = submit(&defender).await;
        let is_unreachable = matches!(answer, Answer::Trouble(Trouble::Unreachable { .. }));
        assert!(is_unreachable, "{shown}: {answer:?}");
        assert!(!defender.sign_in().await.unwrap_err().refused, "{shown}");
        assert_eq!((authority.heard().len(), api.heard().len()), (2, 0), "{shown}");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_there_is_unreachable() {
    let api = api(&[]).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let defender = client(&api, &url);
    let Answer::Trouble(Trouble::Unreachable { kind, detail }) = submit(&defender).await else {
        panic!("must be unreachable")
    };
    assert_eq!((kind, detail.code()), (Unreachable::Connect, "connection_refused"));
    assert!(!defender.sign_in().await.unwrap_err().refused);
    assert_eq!(api.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_was_handed_in_needs_no_authority() {
    let api = api(&[]).await;
    let token = jwt(r#"{"tid":"t-1","roles":[]}"#);
    let credential = CredentialKind::Token(token.into());
    let defender = Defender::new(Settings { credential, ..settings(&api.url()) }).unwrap();
    let identity = defender.sign_in().await.unwrap();
    assert_eq!((identity.tenant_id.as_deref(), identity.roles), (Some("t-1"), Some(Vec::new())));
    assert_eq!(api.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_a_refusal_at_once() {
    let long = "x".repeat(65_537);
    for bad in ["one\\ntwo-and-more", "one two", "one\\u0000two", "t\u{f6}ken", &long] {
        let body = format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{bad}"}}"#);
        let (api, authority) =
            (api(&[]).await, Server::always(Act::Answer(json(200, &body))).await);
        let defender = client(&api, &authority.url());
        let error = defender.sign_in().await.unwrap_err();
        assert!(error.refused, "{error}");
        assert!(error.to_string().contains("no token has"), "{error}");
        let answer = submit(&defender).await;
        assert!(matches!(answer, Answer::Trouble(Trouble::SignIn(_))), "{answer:?}");
        assert_eq!(api.heard(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_lifetime_that_cannot_be_true_is_a_refusal_at_once() {
    for lifetime in [
        "0",
        "-1",
        "-9223372036854775808",
        "315360000000",
        "9223372036854775807",
        "99999999999999999999",
        "1e300",
        "3599.5",
        "\"soon\"",
        "\"1\\u001b[2J\"",
        "[3599]",
        "null",
    ] {
        let body = format!(r#"{{"expires_in":{lifetime},"access_token":"token-0"}}"#);
        let (api, authority) =
            (api(&[]).await, Server::always(Act::Answer(json(200, &body))).await);
        let defender = client(&api, &authority.url());
        let error = defender.sign_in().await.unwrap_err();
        assert!(error.refused, "{lifetime}: {error}");
        let said = error.to_string();
        assert!(said.contains("cannot be true"), "{lifetime}: {said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
        assert!(matches!(submit(&defender).await, Answer::Trouble(Trouble::SignIn(_))));
        assert_eq!(api.heard(), Vec::<String>::new(), "{lifetime}");
    }
    let as_text = json(200, r#"{"expires_in":"3599","access_token":"token-0"}"#);
    let (api, authority) = (api(&[]).await, Server::always(Act::Answer(as_text)).await);
    let answer = submit(&client(&api, &authority.url())).await;
    assert!(matches!(answer, Answer::Accepted { .. }), "numbers as text are fine: {answer:?}");
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_does_not_come_is_said_once_and_given_up_at_its_limit() {
    let seconds = |seconds| Duration::from_secs(seconds);
    for (limit, said) in [(30, vec![seconds(28)]), (2, Vec::new()), (3, vec![seconds(1)])] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let time = ReadingTime {
            limit: seconds(limit),
            late: "`op` gave no secret".to_owned(),
            slow: Arc::new(move |left| tell.lock().unwrap().push(left)),
        };
        let never = || Box::pin(std::future::pending()) as SecretReading;
        let client = Defender::new(Settings {
            tenant_id: Some("contoso.example".to_owned()),
            client_id: Some("the client".to_owned()),
            credential: CredentialKind::ClientSecret(SecretSource::read_within(time, never)),
            ..settings("http://127.0.0.1:9")
        });
        let began = tokio::time::Instant::now();
        let error = client.unwrap().sign_in().await.unwrap_err();
        assert_eq!(began.elapsed().as_secs(), limit);
        assert!(error.refused && error.detail.to_string().contains("gave no secret"), "{error:?}");
        assert_eq!(*told.lock().unwrap(), said, "{limit}");
    }
}
