//! Our own secrets are known by their value, in whatever shape somebody says them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mde_offboard::defender::{CredentialKind, Defender, Secrets, Settings};
use mde_offboard::domain::{ActionScope, ActionStatus, Answer, Doubt, ReadAnswer};
use mde_offboard::remote::Remote;
use proptest::prelude::*;

use super::server::{Act, Server, action, answer, json, machine, settings};

const SECRET: &str = "Zq8~kW.vR3_mXt-91LpYs0bNcG7hUaEf";

fn holding(secret: &str) -> Secrets {
    let secrets = Secrets::default();
    secrets.keep(secret);
    secrets
}

#[test]
fn a_run_of_twelve_characters_is_hidden_and_eleven_are_not() {
    let secrets = holding(SECRET);
    assert_eq!(secrets.hide(&format!("a {SECRET} b")), "a [secret] b");
    assert_eq!(secrets.hide(&format!("x{}!", &SECRET[7..19])), "x[secret]!");
    assert_eq!(secrets.hide(&SECRET[7..18]), &SECRET[7..18]);
    let twice = format!("{SECRET}, and again {}.", &SECRET[..20]);
    assert_eq!(secrets.hide(&twice), "[secret], and again [secret].");
}

#[test]
fn a_short_secret_is_hidden_as_a_whole_and_a_tiny_one_protects_nothing() {
    assert_eq!(holding("hunter2").hide("the word HUNTER2!"), "the word [secret]!");
    assert_eq!(holding("hunter2").hide("a hunter 3"), "a hunter 3");
    assert_eq!(holding("abc").hide("abc"), "abc");
    assert_eq!(holding("").hide("all of it"), "all of it");
}

#[test]
fn case_breaks_and_encodings_do_not_help() {
    let secrets = holding(SECRET);
    let each = |shape: &dyn Fn(char) -> String| SECRET.chars().map(shape).collect::<String>();
    let html = each(&|c| format!("&#x{:x};", c as u32));
    for shape in [
        SECRET.to_uppercase(),
        each(&|c| format!("\n{c}")).trim().to_owned(),
        each(&|c| format!("\u{fffd}\u{200b}{c}")).replacen("\u{fffd}\u{200b}", "", 1),
        each(&|c| format!("<br/>{c}")).replacen("<br/>", "", 1),
        each(&|c| format!("%{:02X}", c as u32)),
        each(&|c| format!("%25{:02x}", c as u32)),
        each(&|c| format!("&#{};", c as u32)),
        each(&|c| format!("\\u{:04x}", c as u32)),
        html.replace('&', "&amp;"),
        html,
    ] {
        assert_eq!(secrets.hide(&format!("<p>{shape}</p>")), "<p>[secret]</p>", "{shape}");
    }
    let odd = holding("a&b<c>d\"e%41f\\g'h/i");
    for shape in ["a&amp;b&lt;c&gt;d&quot;e%41f\\g'h/i", "a%26b%3Cc%3Ed%22e%2541f%5Cg'h/i"] {
        assert_eq!(odd.hide(shape), "[secret]", "{shape}");
    }
}

#[test]
fn half_of_a_short_secret_and_base64_of_any_are_hidden() {
    let secrets = holding("hunter2-Zq8kW.vR");
    assert_eq!(secrets.hide("it was hunter2-, then"), "it was [secret], then");
    assert_eq!(secrets.hide("and Zq8kW.vR."), "and [secret].");
    assert_eq!(secrets.hide("a hunter2 b"), "a hunter2 b");
    let secrets = holding(SECRET);
    for before in ["", "x", "xy", "xyz", "Authorization: Bearer "] {
        for (from, to) in [(0, 32), (0, 16), (16, 32)] {
            let text = format!("{before}{}, and more", &SECRET[from..to]);
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                let hidden = secrets.hide(&encoded).into_owned();
                // What stands around it may share a character with it, and no more.
                let left = hidden.len() - "[secret]".len();
                let around = (text.len() - (to - from)) * 8 / 6 + 6;
                assert!(hidden.contains("[secret]") && left <= around, "{text}: {hidden}");
            }
        }
    }
}

#[test]
fn the_last_tokens_stay_known_and_debug_tells_nothing() {
    let secrets = holding(SECRET);
    let token = |number: usize| format!("token-number-{number:02}-of-many");
    for number in 0..20 {
        secrets.keep_token(&STANDARD.encode(token(number)));
    }
    let is_hidden = |number| secrets.hide(&STANDARD.encode(token(number))) == "[secret]";
    assert!((12..20).all(is_hidden));
    assert_eq!(secrets.hide(SECRET), "[secret]", "what is kept for good stays");
    assert_eq!(format!("{secrets:?}"), "Secrets");
}

#[test]
fn a_long_text_is_searched_in_its_beginning_and_only_that_comes_back() {
    let secrets = holding(SECRET);
    let long = format!("{}é{SECRET}", "x".repeat(32_767));
    let hidden = secrets.hide(&long);
    assert!(hidden.len() <= 32 << 10 && !hidden.contains('Z'), "{}", hidden.len());
}

proptest! {
    #[test]
    fn no_run_of_a_secret_is_left_whatever_stands_around_it(
        before in "\\PC{0,30}",
        after in "\\PC{0,30}",
        from in 0..20_usize,
    ) {
        let text = format!("{before}{}{after}", &SECRET[from..]);
        let hidden = holding(SECRET).hide(&text).into_owned();
        let folded = hidden.to_lowercase();
        let secret = SECRET.to_lowercase();
        let is_left = (0..=secret.len() - 12).any(|at| folded.contains(&secret[at..at + 12]));
        prop_assert!(!is_left, "{hidden}");
    }
}

/// What is kept of an answer to a POST with this token.
async fn submitted(token: &str, bytes: Vec<u8>) -> Answer {
    let server = Server::always(Act::Answer(bytes)).await;
    let credential = CredentialKind::Token(token.into());
    let defender = Defender::new(Settings { credential, ..settings(&server.url()) }).unwrap();
    defender.submit(machine(), "Q4".to_owned()).await.what
}

#[tokio::test]
async fn a_secret_that_would_be_cut_in_two_is_hidden_first() {
    for before in [280, 290, 470, 488, 495] {
        let message = format!("{}{SECRET}", "x ".repeat(before / 2));
        let body = serde_json::json!({"error": {"code": "Odd", "message": message}}).to_string();
        let Answer::Refused(detail) = submitted(SECRET, json(400, &body)).await else { panic!() };
        assert!(detail.message.contains("[s") && !detail.message.contains('Z'), "{detail}");
        let page = answer(502, &[("Content-Type", "text/html")], message.as_bytes());
        let Answer::Doubtful { detail, .. } = submitted(SECRET, page).await else { panic!() };
        assert!(!detail.message.contains('Z'), "{detail}");
    }
}

#[tokio::test]
async fn a_known_word_decides_also_where_a_secret_has_it() {
    let answer = submitted("Pending", json(201, &action("Q4"))).await;
    let Answer::Accepted { action, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(action.status, ActionStatus::Pending);
}

#[tokio::test]
async fn an_action_whose_id_is_a_piece_of_the_token_is_no_evidence() {
    const TOKEN: &str = "abcdef0123456789abcdef0123456789";
    let body = action("Q4").replace("11111111-2222-3333-4444-555555555555", &TOKEN[4..20]);
    let answer = submitted(TOKEN, json(201, &body)).await;
    let Answer::Doubtful { doubt, detail } = &answer else { panic!("{answer:?}") };
    assert_eq!(doubt, &Doubt::WrongShape);
    assert!(detail.message.contains("own secrets"), "{detail}");
}

#[tokio::test]
async fn statuses_and_names_from_a_list_are_bounded_and_hold_no_secret() {
    let long = format!("{SECRET}\u{202e}\u{1b}[2J{}", "x".repeat(300_000));
    let mut row: serde_json::Value = serde_json::from_str(&action("Q4")).unwrap();
    row["status"] = long.clone().into();
    row["type"] = long.clone().into();
    let actions = serde_json::json!({"value": [row]}).to_string();
    let id = machine().to_string();
    let row = serde_json::json!({"id": id, "computerDnsName": long, "osPlatform": long});
    let machines = serde_json::json!({"value": [row]}).to_string();
    let server = Server::start(move |_, request| {
        let is_actions = request.starts_with("GET /api/machineactions");
        Act::Answer(json(200, if is_actions { &actions } else { &machines }))
    })
    .await;
    let credential = CredentialKind::Token(SECRET.into());
    let defender = Defender::new(Settings { credential, ..settings(&server.url()) }).unwrap();
    let ReadAnswer::Read(page) = defender.find(machine(), ActionScope::Offboard, 0).await.what
    else {
        panic!()
    };
    let status = page.items[0].status.word();
    assert!(status.starts_with("[secret]\u{fffd}\u{fffd}[2Jx"), "{status}");
    assert_eq!(status.chars().count(), 64);
    let ReadAnswer::Read(page) = defender.machines(0).await.what else { panic!() };
    let name = page.items[0].name.as_deref().unwrap();
    assert!(name.starts_with("[secret]\\u{202e}\\u{1b}[2Jx"), "{name}");
    assert!(name.len() < 300, "{}", name.len());
}

#[tokio::test]
async fn the_password_of_a_proxy_is_never_repeated_in_any_form() {
    let basic = STANDARD.encode("user:hunter2 & more");
    let said = format!("hunter2 & more, hunter2%20%26%20more, Basic {basic}");
    let body = serde_json::json!({"error": {"code": "Odd", "message": said}}).to_string();
    let server = Server::always(Act::Answer(json(400, &body))).await;
    let proxy = "http://user:hunter2%20%26%20more@proxy.example:8080";
    let given = Settings { proxy: Some(proxy.to_owned()), ..settings(&server.url()) };
    let given = Defender::new(given).unwrap();
    let found = Defender::new(settings(&server.url())).unwrap();
    found.keep_password_of(proxy);
    for defender in [given, found] {
        let answer = defender.submit(machine(), "Q4".to_owned()).await.what;
        let Answer::Refused(detail) = answer else { panic!("{answer:?}") };
        assert_eq!(detail.message, "[secret], [secret], Basic [secret]");
    }
}
