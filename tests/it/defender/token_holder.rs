//! The one token that a client works with, over the hours of a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use mde_offboard::defender::{AuthorityUrl, CredentialKind, Defender, Settings};
use mde_offboard::domain::{Answer, Now, TimeSource, Trouble};
use mde_offboard::remote::Remote;
use tokio::sync::Notify;

use super::server::{Act, Server, action, answer, json, machine, settings, system_time};

/// A clock that a test puts forward.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn forward(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn clock(&self) -> TimeSource {
        let (hand, start) = (self.clone(), system_time().now());
        TimeSource::new(move || {
            let gone = Duration::from_secs(hand.0.load(Ordering::SeqCst));
            Now { steady: start.steady.plus(gone), wall: start.wall.plus(gone), ..start }
        })
    }
}

fn token(number: usize) -> Vec<u8> {
    json(200, &format!(r#"{{"expires_in":3600,"access_token":"token-{number}"}}"#))
}

fn busy() -> Act {
    Act::Answer(answer(503, &[("Content-Type", "text/html")], b"<html>Busy</html>"))
}

async fn api() -> Server {
    Server::always(Act::Answer(json(201, &action("Q4")))).await
}

fn client(api: &Server, authority: &Server, hand: &Hand) -> Defender {
    Defender::new(Settings {
        authority: AuthorityUrl::parse(&authority.url()).unwrap(),
        tenant_id: Some("contoso.example".to_owned()),
        client_id: Some("the client".to_owned()),
        credential: CredentialKind::ClientSecret("s3cret&more".into()),
        clock: hand.clock(),
        ..settings(&api.url())
    })
    .unwrap()
}

async fn submit(defender: &Defender) -> Answer {
    defender.submit(machine(), "Q4".to_owned()).await.what
}

async fn check_accepted(defender: &Defender) {
    let answer = submit(defender).await;
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
}

fn last_token(api: &Server) -> String {
    let last = api.heard().pop().unwrap();
    let line = last.lines().find_map(|line| line.strip_prefix("authorization: Bearer "));
    line.unwrap().to_owned()
}

#[tokio::test]
async fn ten_renewals_of_which_three_fail_at_first_lose_nothing() {
    let hand = Hand::default();
    // Every third try of the first ten finds a sign-in server that is busy.
    let authority = Server::start(|number, _| match number {
        2 | 5 | 8 => busy(),
        _ => Act::Answer(token(number)),
    })
    .await;
    let api = api().await;
    let defender = client(&api, &authority, &hand);
    // Eleven hours, a request each minute.
    for _ in 0..660 {
        check_accepted(&defender).await;
        hand.forward(60);
    }
    let heard = authority.heard().len();
    assert!((14..=16).contains(&heard), "{heard} tries for eleven hours");
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_ahead_and_serves_on_where_that_fails() {
    let hand = Hand::default();
    let authority = Server::start(|number, _| match number {
        1 | 2 => busy(),
        _ => Act::Answer(token(number)),
    })
    .await;
    let api = api().await;
    let defender = client(&api, &authority, &hand);
    for (forward, asked, by) in [
        (0, 1, "token-0"),
        (3_299, 1, "token-0"),
        (1, 2, "token-0"),
        (29, 2, "token-0"),
        (1, 3, "token-0"),
        (30, 4, "token-3"),
    ] {
        hand.forward(forward);
        check_accepted(&defender).await;
        assert_eq!((authority.heard().len(), last_token(&api).as_str()), (asked, by));
    }
}

#[tokio::test]
async fn a_token_that_has_ended_is_not_sent_any_more() {
    let hand = Hand::default();
    let authority = Server::start(|number, _| match number {
        0 => Act::Answer(token(0)),
        _ => busy(),
    })
    .await;
    let api = api().await;
    let defender = client(&api, &authority, &hand);
    check_accepted(&defender).await;
    // Nor in its last seconds: it could have ended when it arrives.
    for forward in [3_595, 5] {
        hand.forward(forward);
        let answer = submit(&defender).await;
        assert!(matches!(answer, Answer::Trouble(Trouble::Unreachable { .. })), "{answer:?}");
        assert_eq!(api.heard().len(), 1);
    }
}

#[tokio::test]
async fn while_one_request_renews_the_others_go_on_with_the_old_token() {
    let hand = Hand::default();
    let told = Arc::new(Notify::new());
    let late = Arc::clone(&told);
    let authority = Server::start(move |number, _| match number {
        0 => Act::Answer(token(0)),
        _ => Act::AnswerWhenTold(Arc::clone(&late), token(number)),
    })
    .await;
    let api = api().await;
    let defender = client(&api, &authority, &hand);
    check_accepted(&defender).await;
    hand.forward(3_400);
    let others = async {
        while authority.heard().len() < 2 {
            tokio::task::yield_now().await;
        }
        for _ in 0..3 {
            check_accepted(&defender).await;
            assert_eq!(last_token(&api), "token-0");
        }
        told.notify_one();
    };
    tokio::join!(check_accepted(&defender), others);
    assert_eq!(last_token(&api), "token-1");
    assert_eq!(authority.heard().len(), 2);
}

#[tokio::test]
async fn requests_that_find_no_token_share_one_refusal() {
    let said = r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired",
        "error_codes":[7000222]}"#;
    let authority = Server::always(Act::Answer(json(401, said))).await;
    let api = api().await;
    let defender = client(&api, &authority, &Hand::default());
    let answers = join_all((0..8).map(|_| submit(&defender))).await;
    let refused = |answer: &Answer| matches!(answer, Answer::Trouble(Trouble::SignIn(_)));
    assert!(answers.iter().all(refused), "{answers:?}");
    assert_eq!(authority.heard().len(), 1);
}

#[tokio::test]
async fn a_token_that_was_handed_in_is_over_at_its_end_and_says_so() {
    let hand = Hand::default();
    let api = api().await;
    let ends = hand.clock().now().wall.as_micros() / 1_000_000 + 600;
    let claims = super::claims::jwt(&format!(r#"{{"tid":"t-1","exp":{ends}}}"#));
    let credential = CredentialKind::Token(claims.into());
    let clock = hand.clock();
    let defender = Defender::new(Settings { credential, clock, ..settings(&api.url()) }).unwrap();
    hand.forward(590);
    check_accepted(&defender).await;
    hand.forward(20);
    let answer = submit(&defender).await;
    let Answer::Trouble(Trouble::TokenEnded(detail)) = answer else { panic!("{answer:?}") };
    assert!(detail.message.contains("nobody can renew"), "{detail}");
    assert_eq!(api.heard().len(), 1);
}

/// A sign-in server that asks to be left alone, with this status.
fn asks_to_wait(status: u16, seconds: &str) -> Act {
    let headers = [("Content-Type", "application/json"), ("Retry-After", seconds)];
    let body = br#"{"error":"temporarily_unavailable","error_description":"busy"}"#;
    Act::Answer(answer(status, &headers, body))
}

#[tokio::test]
async fn a_sign_in_server_that_asks_to_wait_is_left_alone_until_then() {
    // What it asks for, and when it is asked again: within 15 minutes, also for those of a day.
    for (status, asked, kept) in [(429, "120", 120), (503, "7", 7), (429, "86400", 900)] {
        let hand = Hand::default();
        let authority = Server::start(move |number, _| match number {
            0 => asks_to_wait(status, asked),
            _ => Act::Answer(token(number)),
        })
        .await;
        let api = api().await;
        let defender = client(&api, &authority, &hand);
        let error = defender.sign_in().await.unwrap_err();
        assert!(!error.refused && error.detail.changes_by_waiting(), "{error:?}");
        assert_eq!(error.retry_after, Some(Duration::from_secs(kept)));
        let until = system_time().now().wall.plus(Duration::from_secs(kept)).to_string();
        let said = error.detail.to_string();
        assert!(said.contains(&format!("until {}", &until[..14])), "{until}: {said}");
        hand.forward(kept - 1);
        for _ in 0..3 {
            let answer = submit(&defender).await;
            let waits = matches!(answer, Answer::Trouble(Trouble::Unreachable { .. }));
            assert!(waits, "{answer:?}");
        }
        assert_eq!(authority.heard().len(), 1, "it was asked too early");
        hand.forward(1);
        check_accepted(&defender).await;
    }
}

#[tokio::test]
async fn an_early_renewal_waits_as_long_as_the_server_asks_and_the_old_token_serves_on() {
    let hand = Hand::default();
    let authority = Server::start(|number, _| match number {
        1 => asks_to_wait(503, "200"),
        _ => Act::Answer(token(number)),
    })
    .await;
    let api = api().await;
    let defender = client(&api, &authority, &hand);
    check_accepted(&defender).await;
    hand.forward(3_600 - 290);
    check_accepted(&defender).await;
    hand.forward(199);
    check_accepted(&defender).await;
    assert_eq!((last_token(&api).as_str(), authority.heard().len()), ("token-0", 2));
    hand.forward(1);
    check_accepted(&defender).await;
    assert_eq!((last_token(&api).as_str(), authority.heard().len()), ("token-2", 3));
}
