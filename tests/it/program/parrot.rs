//! A sign-in server and an API on loopback that quote what they were sent, in every shape.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::server::{response, serve};

/// The client secret of the run: with characters that forms and pages escape.
pub(crate) const SECRET: &str = "Zq8~kW.vR3_mXt-91LpYs0bNcG7hUaEf&<\"";

/// Tokens that the sign-in gives, one after the other.
pub(crate) const TOKENS: [&str; 2] = [
    "Tk1a7Xw9Lm3Qe5Rz8Uv2Yb6Nc4Hd0Gf1Js7Kp9Wt3Xo5Ai8Be2Cu6Dr4",
    "Vn5b2Mq8Zs1Xj6Wk4Rd9Tg3Yh7Fc0Pl2Oi5Ue8Ay1Sw6Qz4Nx9Bv3Gm7",
];

/// The server.
pub(crate) struct Parrot {
    pub(crate) url: String,
    posts: Arc<AtomicUsize>,
}

#[derive(Default)]
struct State {
    tokens: usize,
    lists: usize,
    /// The first token that came, which was refused.
    first: Option<String>,
}

impl Parrot {
    /// How many shapes of an answer there are.
    pub(crate) const SHAPES: usize = 17;

    pub(crate) fn start() -> Self {
        let posts = Arc::new(AtomicUsize::new(0));
        let (state, counted) = (Mutex::new(State::default()), Arc::clone(&posts));
        let url = serve(move |request| answer(request, &state, &counted));
        Self { url, posts }
    }

    /// How many shapes of a quotation the POSTs were answered with; every other answer is good.
    pub(crate) fn shapes_sent(&self) -> usize {
        self.posts.load(Ordering::SeqCst) / 2
    }
}

fn answer(request: &str, state: &Mutex<State>, posts: &AtomicUsize) -> Vec<u8> {
    let mut state = state.lock().expect("whole");
    let (line, rest) = request.split_once("\r\n").unwrap_or_default();
    if line.contains("/oauth2/") {
        return signed_in(line, request, &mut state);
    }
    let bearer = |line: &str| line.strip_prefix("authorization: Bearer ").map(str::to_owned);
    let token = rest.lines().find_map(bearer).unwrap_or_default();
    let first = state.first.get_or_insert_with(|| token.clone()).clone();
    // The tenant knows any machine that is asked for; the inventory leaves all of them out.
    let one = line.strip_prefix("GET /api/machines/").and_then(|rest| rest.split(' ').next());
    if line.starts_with("GET") {
        state.lists += 1;
        return match (state.lists % 3, one) {
            (0, _) => page(500, &format!("{request} {first}")),
            (_, Some(id)) => {
                json(200, &format!(r#"{{"id":"{id}","onboardingStatus":"Onboarded"}}"#))
            }
            (_, None) => json(200, r#"{"value":[]}"#),
        };
    }
    let number = posts.fetch_add(1, Ordering::SeqCst);
    if number == 2 {
        return page(401, &format!("not {token}"));
    }
    let machine = line.split('/').nth(3).unwrap_or_default();
    let action = |id: &str, kind: &str, status: &str, comment: &str| {
        json(
            201,
            &format!(
                r#"{{"id":"{id}","type":"{kind}","status":"{status}","machineId":"{machine}",
                "requestorComment":{comment}}}"#
            ),
        )
    };
    let id = format!("00000000-0000-0000-0000-{number:012}");
    if number.is_multiple_of(2) {
        return action(&id, "Offboard", "Pending", "null");
    }
    let error = |code: &str, message: &str| {
        json(400, &format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#))
    };
    let each = |shape: fn(&mut String, char)| {
        token.chars().fold(String::new(), |mut text, c| {
            shape(&mut text, c);
            text
        })
    };
    let percent = |text: &mut String, c: char| write!(text, "%{:02X}", c as u32).expect("fits");
    let entity = |text: &mut String, c: char| write!(text, "&#x{:x};", c as u32).expect("fits");
    let unicode = |text: &mut String, c: char| write!(text, "\\u{:04x}", c as u32).expect("fits");
    let broken = token.as_bytes().chunks(9).map(String::from_utf8_lossy).collect::<Vec<_>>();
    match number / 2 % Parrot::SHAPES {
        0 => action(&id, "Offboard", &token, "null"),
        1 => error(&token, &format!("you said Authorization: Bearer {token}")),
        2 => page(502, &format!("<p>Authorization: Bearer&nbsp;{token} and {first}</p>")),
        3 => page(502, &format!("<p>{}</p>", each(entity))),
        4 => page(502, &broken.join("<br>\n")),
        5 => page(502, &each(percent)),
        6 => action(&token[..40], "Offboard", "Pending", "null"),
        7 => action(&id, "Offboard", "Pending", &format!("\"{token}\"")),
        8 => action(&id, &token, "Pending", "null"),
        9 => answered(502, &format!("text/{token}"), "x"),
        10 => error("Odd", &each(unicode)),
        11 => error("Odd", &format!("{}{token}{first}", "words ".repeat(80))),
        12 => error(&format!("{}{first}", "x".repeat(90)), &token.to_uppercase()),
        13 => error(&token[..30], &token[30..]),
        14 => page(502, &format!("<p>Authorization: Bearer {}", &token[..token.len() - 3])),
        15 => error("Odd", &STANDARD.encode(format!("Authorization: Bearer {token}"))),
        _ => page(502, &format!("{}{token}", "y".repeat(280))),
    }
}

/// `/refused`, `/odd` and `/page` give no token; every other path gives the next one.
fn signed_in(line: &str, request: &str, state: &mut State) -> Vec<u8> {
    let form = request.split_once("\r\n\r\n").map(|(_, form)| form).unwrap_or_default();
    let quoted = format!("{SECRET} {form}").replace('"', "\\\"");
    let error = |error: &str| {
        format!(r#"{{"error":"{error}","error_description":"you sent {quoted}","error_codes":[]}}"#)
    };
    if line.contains("/refused/") {
        return json(401, &error("invalid_client"));
    }
    if line.contains("/odd/") {
        return json(429, &error(&quoted));
    }
    if line.contains("/page/") {
        return page(401, &quoted);
    }
    let token = TOKENS[state.tokens.min(TOKENS.len() - 1)];
    state.tokens += 1;
    json(200, &format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{token}"}}"#))
}

fn json(status: u16, body: &str) -> Vec<u8> {
    answered(status, "application/json", body)
}

fn page(status: u16, body: &str) -> Vec<u8> {
    answered(status, "text/html", body)
}

fn answered(status: u16, kind: &str, body: &str) -> Vec<u8> {
    response(status, &format!("Content-Type: {kind}\r\n"), body)
}
