//! Sign-in with a device code, answer by answer (RFC 8628): the server's interval, `slow_down`,
//! the code's end, and the refresh of the token that came of it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mde_offboard::defender::{AuthorityUrl, CredentialKind, Defender, DeviceCodePrompt, Settings};
use mde_offboard::domain::{Answer, Now, TimeSource, Trouble};
use mde_offboard::remote::Remote;
use tokio::time::Instant;

use super::server::{Act, Server, action, json, machine, settings, system_time};

const PENDING: &str = r#"{"error":"authorization_pending"}"#;
const SLOWER: &str = r#"{"error":"slow_down"}"#;

/// An API that is not asked.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A clock that can be put forward.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn clock(&self) -> TimeSource {
        let (hand, start, since) = (self.clone(), system_time().now(), Instant::now());
        TimeSource::new(move || {
            let gone = since.elapsed() + Duration::from_secs(hand.0.load(Ordering::SeqCst));
            Now { steady: start.steady.plus(gone), wall: start.wall.plus(gone), ..start }
        })
    }
}

/// What the server says to the questions about a code, and when they came.
struct Authority {
    server: Server,
    asked_at: Arc<Mutex<Vec<Instant>>>,
}

impl Authority {
    async fn start(
        expires_in: u64,
        interval: u64,
        answers: impl Fn(usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let asked_at = Arc::new(Mutex::new(Vec::new()));
        let (times, number) = (Arc::clone(&asked_at), AtomicUsize::new(0));
        let server = Server::start(move |_, request| {
            times.lock().unwrap().push(Instant::now());
            if request.contains("/devicecode") {
                return Act::Answer(json(
                    200,
                    &format!(
                        r#"{{"device_code":"dev-1","user_code":"ABC","verification_uri":
                        "https://microsoft.com/devicelogin","expires_in":{expires_in},
                        "interval":{interval}}}"#
                    ),
                ));
            }
            answers(number.fetch_add(1, Ordering::SeqCst))
        })
        .await;
        Self { server, asked_at }
    }

    /// Whether each question came no earlier than that number of seconds after the one before it.
    #[track_caller]
    fn check_gaps(&self, least: &[u64]) {
        let times = self.asked_at.lock().unwrap();
        let gaps: Vec<u64> = times.windows(2).map(|two| (two[1] - two[0]).as_secs()).collect();
        let fit = gaps.iter().zip(least).all(|(gap, least)| gap >= least);
        assert!(fit && gaps.len() == least.len(), "{gaps:?}");
    }
}

fn client(authority: &Server, api: &str, hand: &Hand, shown: &Arc<AtomicUsize>) -> Defender {
    let shown = Arc::clone(shown);
    let show = move |prompt: &DeviceCodePrompt| {
        assert_eq!(prompt.user_code, "ABC");
        shown.fetch_add(1, Ordering::SeqCst);
    };
    Defender::new(Settings {
        authority: AuthorityUrl::parse(&authority.url()).unwrap(),
        tenant_id: Some("contoso.example".to_owned()),
        client_id: Some("app-1".to_owned()),
        credential: CredentialKind::DeviceCode(Arc::new(show)),
        clock: hand.clock(),
        ..settings(api)
    })
    .unwrap()
}

fn token(number: usize) -> Act {
    Act::Answer(json(
        200,
        &format!(
            r#"{{"expires_in":3600,"access_token":"token-{number}",
            "refresh_token":"again-{number}"}}"#
        ),
    ))
}

#[tokio::test]
async fn a_server_that_calls_the_code_expired_ends_the_sign_in() {
    let expired = r#"{"error":"expired_token","error_description":"AADSTS70020"}"#;
    let authority = Authority::start(900, 0, |_| Act::Answer(json(400, expired))).await;
    let shown = Arc::default();
    let defender = client(&authority.server, NOWHERE, &Hand::default(), &shown);
    let error = defender.sign_in().await.unwrap_err();
    assert_eq!((error.refused, error.detail.code()), (true, "device_code_expired"));
    assert_eq!(shown.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_next_token_is_fetched_by_refresh_and_nobody_is_asked_again() {
    let hand = Hand::default();
    let authority = Authority::start(900, 0, token).await;
    let api = Server::always(Act::Answer(json(201, &action("Q4")))).await;
    let shown = Arc::default();
    let defender = client(&authority.server, &api.url(), &hand, &shown);
    for _ in 0..3 {
        let answer = defender.submit(machine(), "Q4".to_owned()).await.what;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        hand.0.fetch_add(3_400, Ordering::SeqCst);
    }
    assert_eq!(shown.load(Ordering::SeqCst), 1);
    let heard = authority.server.heard();
    let forms: Vec<&str> = heard.iter().filter_map(|text| text.rsplit("\r\n").next()).collect();
    // One code, one token by it, and each later one by what came with the last one.
    assert_eq!(forms.len(), 4, "{forms:?}");
    for (form, refresh) in [(forms[2], "again-0"), (forms[3], "again-1")] {
        assert!(form.contains("grant_type=refresh_token"), "{form}");
        assert!(form.contains(&format!("refresh_token={refresh}")), "{form}");
    }
}

#[tokio::test]
async fn a_refresh_that_is_refused_ends_the_session_and_says_to_sign_in_again() {
    let hand = Hand::default();
    let refused = r#"{"error":"invalid_grant","error_description":"AADSTS700082: expired",
        "error_codes":[700082]}"#;
    let authority = Authority::start(900, 0, move |number| match number {
        0 => token(0),
        _ => Act::Answer(json(400, refused)),
    })
    .await;
    let api = Server::always(Act::Answer(json(201, &action("Q4")))).await;
    let shown = Arc::default();
    let defender = client(&authority.server, &api.url(), &hand, &shown);
    let answer = defender.submit(machine(), "Q4".to_owned()).await.what;
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    hand.0.fetch_add(3_700, Ordering::SeqCst);
    let answer = defender.submit(machine(), "Q4".to_owned()).await.what;
    let Answer::Trouble(Trouble::SignIn(detail) | Trouble::TokenEnded(detail)) = answer else {
        panic!("{answer:?}")
    };
    assert!(!detail.message.contains("again-0"), "{detail}");
    assert_eq!(shown.load(Ordering::SeqCst), 1, "nobody sits there in the middle of a run");
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::*;

    #[tokio::test]
    async fn slow_down_adds_five_seconds_and_a_failed_question_doubles_the_interval() {
        let authority = Authority::start(900, 1, |number| match number {
            0 => Act::Answer(json(400, PENDING)),
            1 => Act::Answer(json(503, "{}")),
            2 => Act::Answer(json(400, SLOWER)),
            _ => token(0),
        })
        .await;
        let defender = client(&authority.server, NOWHERE, &Hand::default(), &Arc::default());
        defender.sign_in().await.unwrap();
        authority.check_gaps(&[1, 1, 2, 7]);
    }

    #[tokio::test]
    async fn a_code_that_nobody_enters_ends_in_time_and_is_not_asked_about_any_more() {
        let authority = Authority::start(3, 1, |_| Act::Answer(json(400, PENDING))).await;
        let defender = client(&authority.server, NOWHERE, &Hand::default(), &Arc::default());
        let error = defender.sign_in().await.unwrap_err();
        assert_eq!((error.refused, error.detail.code()), (true, "device_code_expired"));
        assert!(authority.server.heard().len() <= 3, "{:?}", authority.server.heard());
    }
}
