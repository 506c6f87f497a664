//! Every status with every known error code and every kind of body, against a table by hand.

use mde_offboard::defender::{
    BrokenBody, HttpAnswer, HttpOutcome, Secrets, TransportFailure, classify,
};
use mde_offboard::domain::{Answer, Detail, Doubt, MachineId, Trouble, Unreachable};

use super::server::{MACHINE, action, machine};

const SENT: &str = "Retired in Q4 [mo-9f3kq7tz-2k9]";
const OTHER_MACHINE: &str = "ffffffffffffffffffffffffffffffffffffffff";

fn seen(status: u16, content_type: Option<&str>, body: &[u8]) -> HttpOutcome {
    HttpOutcome::Answered(HttpAnswer {
        status,
        content_type: content_type.map(str::to_owned),
        retry_after: None,
        redirect_host: None,
        date: None,
        body: Ok(body.to_vec()),
        secrets: Secrets::default(),
    })
}

fn judge(seen: &HttpOutcome) -> Answer {
    classify::submit(seen, machine(), SENT)
}

fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Accepted { adopted: false, .. } => "ours",
        Answer::Accepted { adopted: true, .. } => "adopted",
        Answer::Busy(_) => "busy",
        Answer::Refused(_) => "refused",
        Answer::Absent(_) => "absent",
        Answer::Trouble(Trouble::Unauthorized(_)) => "unauthorized",
        Answer::Trouble(Trouble::Forbidden(_)) => "forbidden",
        Answer::Trouble(Trouble::ProxyAuthentication(_)) => "proxy",
        Answer::Trouble(Trouble::TooMany { .. }) => "too_many",
        Answer::Trouble(Trouble::Unreachable { .. }) => "unreachable",
        Answer::Trouble(_) => "other_trouble",
        Answer::Doubtful { doubt: Doubt::NoAnswer, .. } => "no_answer",
        Answer::Doubtful { doubt: Doubt::WrongShape, .. } => "wrong_shape",
        Answer::Doubtful { doubt: Doubt::OtherAnswer, .. } => "doubt",
        Answer::Doubtful { doubt: Doubt::Redirected, .. } => "redirected",
        Answer::Doubtful { doubt: Doubt::WrongMachine(_), .. } => "wrong_machine",
        Answer::Doubtful { .. } => "other_doubt",
    }
}

/// The answers of all statuses with one body, as ranges; what is `doubt` is left out.
fn row(body: impl Fn(u16) -> HttpOutcome) -> String {
    let mut ranges: Vec<(u16, u16, &str)> = Vec::new();
    for status in 100..=599 {
        let answer = judge(&body(status));
        match ranges.last_mut() {
            Some((_, last, same)) if *same == word(&answer) => *last = status,
            _ => ranges.push((status, status, word(&answer))),
        }
    }
    let told = ranges.iter().filter(|(_, _, word)| *word != "doubt").map(|(first, last, word)| {
        if first == last { format!("{first} {word}") } else { format!("{first}-{last} {word}") }
    });
    told.collect::<Vec<_>>().join(", ")
}

fn error(code: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","message":"Words.","target":"|7f0c."}}}}"#)
}

const JSON: Option<&str> = Some("application/json; odata.metadata=minimal; charset=utf-8");

#[test]
fn each_status_with_each_error_code_means_what_the_table_says() {
    const PLAIN: [&str; 15] = [
        "BadRequest",
        "ODataError",
        "InvalidInput",
        "InvalidRequestBody",
        "InvalidHashValue",
        "InvalidDomainName",
        "InvalidIpAddress",
        "InvalidUrl",
        "MaximumBatchSizeExceeded",
        "MissingRequiredParameter",
        "OsPlatformNotSupported",
        "ClientVersionNotSupported",
        "Unauthorized",
        "TooManyRequests",
        "SomethingNew",
    ];
    for code in PLAIN {
        assert_eq!(
            row(|status| seen(status, JSON, error(code).as_bytes())),
            "200-201 wrong_shape, 300-399 redirected, 400 refused, 401 unauthorized, \
             403 forbidden, 407 proxy, 429 too_many",
            "{code}"
        );
    }
    for code in ["Forbidden", "DisabledFeature", "DisallowedOperation", "429"] {
        let got = row(|status| seen(status, JSON, error(code).as_bytes()));
        assert!(got.contains("403 forbidden") && got.contains("429 too_many"), "{code}: {got}");
    }
    for code in ["ResourceNotFound", "NotFound"] {
        assert_eq!(
            row(|status| seen(status, JSON, error(code).as_bytes())),
            "200-201 wrong_shape, 300-399 redirected, 400 refused, 401 unauthorized, \
             403 forbidden, 404 absent, 407 proxy, 429 too_many"
        );
    }
    assert_eq!(
        row(|status| seen(status, JSON, error("ActiveRequestAlreadyExists").as_bytes())),
        "200-201 wrong_shape, 300-399 redirected, 400 busy, 401 unauthorized, 403 forbidden, \
         407 proxy, 429 too_many"
    );
    let in_progress =
        r#"{"error":{"code":"BadRequest","message":"Action is already in progress"}}"#;
    assert_eq!(
        row(|status| seen(status, JSON, in_progress.as_bytes())),
        "200-201 wrong_shape, 300-399 redirected, 400 busy, 401 unauthorized, 403 forbidden, \
         407 proxy, 429 too_many"
    );
}

#[test]
fn an_action_counts_only_with_200_or_201() {
    assert_eq!(
        row(|status| seen(status, JSON, action(SENT).as_bytes())),
        "200-201 ours, 300-399 redirected, 401 unauthorized, 407 proxy, 429 too_many"
    );
    let other = action(SENT).replace(MACHINE, OTHER_MACHINE);
    assert_eq!(
        row(|status| seen(status, JSON, other.as_bytes())),
        "200-201 wrong_machine, 300-399 redirected, 401 unauthorized, 407 proxy, 429 too_many"
    );
}

#[test]
fn a_strangers_body_proves_nothing_but_401_407_and_429() {
    const ELSE: &str =
        "200-201 wrong_shape, 300-399 redirected, 401 unauthorized, 407 proxy, 429 too_many";
    let not_found = error("ResourceNotFound");
    let deep = "[".repeat(200_000);
    let bodies: [(Option<&str>, &[u8]); 14] = [
        (Some("text/html"), b"<html><title>Blocked</title></html>"),
        (JSON, b""),
        (JSON, b"null"),
        (JSON, b"\"ResourceNotFound\""),
        (JSON, b"{}"),
        (JSON, b"\xff\xfe{\"error\":{\"code\":\"ResourceNotFound\"}}"),
        (JSON, br#"{"error":"ResourceNotFound"}"#),
        (JSON, br#"{"error":["ResourceNotFound","x"]}"#),
        (JSON, br#"["a","Offboard","Pending",null,null,null,null,null,null]"#),
        (JSON, br#"{"error":{"code":"","message":"x"}}"#),
        (JSON, br#"{"error":{"code":null,"message":"x"}}"#),
        (JSON, br#"{"error":{"code":"ResourceNotFound"}} trailing"#),
        (JSON, deep.as_bytes()),
        // Defender's words in a page that says to be HTML are a proxy's quotation.
        (Some("text/html"), not_found.as_bytes()),
    ];
    for (content_type, body) in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(row(|status| seen(status, content_type, body)), ELSE, "{shown}");
    }
}

#[test]
fn a_body_that_is_not_whole_is_no_answer_whatever_its_status() {
    let cut = |status| {
        let body = Err(BrokenBody { code: "body_too_large", message: "too large".to_owned() });
        let (content_type, retry_after, date) = (JSON.map(str::to_owned), None, None);
        HttpOutcome::Answered(HttpAnswer {
            status,
            content_type,
            retry_after,
            redirect_host: None,
            date,
            body,
            secrets: Secrets::default(),
        })
    };
    assert_eq!(
        row(cut),
        "100-299 no_answer, 300-399 redirected, 400 no_answer, 401 unauthorized, \
         402-406 no_answer, 407 proxy, 408-428 no_answer, 429 too_many, 430-599 no_answer"
    );
    let Answer::Doubtful { detail, .. } = judge(&cut(201)) else { panic!("must be doubtful") };
    assert_eq!(detail, Detail::new(Some(201), Some("body_too_large"), "too large"));
}

#[test]
fn an_action_is_ours_by_its_marker_and_without_a_comment() {
    let as_came = |comment: &str| word(&judge(&seen(201, JSON, action(comment).as_bytes())));
    assert_eq!(as_came(SENT), "ours");
    assert_eq!(as_came("Retired [mo-9f3kq7tz-2k9] "), "ours", "words may be cut, the marker not");
    assert_eq!(as_came(""), "ours");
    assert_eq!(as_came("Retired in Q4 [mo-9f3kq7tz-2ka]"), "adopted");
    assert_eq!(as_came("Retired in Q4"), "adopted");
    let none = action("x").replace("\"requestorComment\": \"x\"", "\"requestorComment\": null");
    assert_eq!(word(&judge(&seen(201, JSON, none.as_bytes()))), "ours");
}

#[test]
fn an_action_keeps_the_machine_that_was_asked_for_when_it_names_none() {
    let quoted = format!("\"{MACHINE}\"");
    let body = action(SENT).replace(&quoted, "null");
    let answer = judge(&seen(200, JSON, body.as_bytes()));
    let Answer::Accepted { action, http_status, .. } = answer else { panic!("{answer:?}") };
    assert_eq!((action.machine, http_status), (Some(machine()), 200));
    let upper = action_of(&MACHINE.to_uppercase());
    assert_eq!(word(&judge(&seen(200, JSON, upper.as_bytes()))), "ours");
}

fn action_of(machine: &str) -> String {
    action(SENT).replace(MACHINE, machine)
}

#[test]
fn an_action_of_a_wrong_shape_is_in_doubt() {
    let changed = |from: &str, to: &str| {
        let body = action(SENT);
        assert!(body.contains(from));
        judge(&seen(201, JSON, body.replace(from, to).as_bytes()))
    };
    for (from, to) in [
        ("\"Offboard\"", "\"Isolate\""),
        ("\"Offboard\"", "null"),
        ("\"type\"", "\"kind\""),
        ("\"status\"", "\"state\""),
        ("\"id\": \"11111111-2222-3333-4444-555555555555\"", "\"id\": null"),
        ("11111111-2222", "../11111111"),
        (MACHINE, "not-a-machine"),
        ("\"Pending\"", "7"),
    ] {
        assert_eq!(word(&changed(from, to)), "wrong_shape", "{from} -> {to}");
    }
    // An answer about another machine is told as that, whatever else is wrong with it.
    let body = action_of(OTHER_MACHINE).replace("\"Offboard\"", "\"Isolate\"");
    let answer = judge(&seen(201, JSON, body.as_bytes()));
    let other = MachineId::parse(OTHER_MACHINE).unwrap();
    let Answer::Doubtful { doubt, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(doubt, Doubt::WrongMachine(other));
    // What the program does not know survives.
    assert_eq!(word(&changed("\"Pending\"", "\"Completed\"")), "ours");
    assert_eq!(word(&changed("\"errorHResult\": 0", "\"errorHResult\": \"x\"")), "ours");
}

#[test]
fn a_body_without_a_content_type_is_judged_by_its_shape() {
    let bare = seen(404, None, error("ResourceNotFound").as_bytes());
    assert_eq!(word(&judge(&bare)), "absent");
    let number = br#"{"error":{"code":429,"message":"x"}}"#;
    let Answer::Trouble(Trouble::TooMany { detail, .. }) = judge(&seen(429, None, number)) else {
        panic!("must be too many")
    };
    assert_eq!(detail.code(), "429");
}

#[test]
fn only_a_request_that_was_never_written_is_certain_to_have_no_effect() {
    let message = String::from("words");
    let not_sent =
        TransportFailure::NotSent { kind: Unreachable::Tls, code: "tls", message: message.clone() };
    let Answer::Trouble(Trouble::Unreachable { kind, detail }) =
        judge(&HttpOutcome::Failed(not_sent))
    else {
        panic!("must be unreachable")
    };
    assert_eq!((kind, detail.code()), (Unreachable::Tls, "tls"));
    let proxy = TransportFailure::ProxyAuthentication { message: message.clone() };
    assert_eq!(word(&judge(&HttpOutcome::Failed(proxy))), "proxy");
    let none = TransportFailure::NoAnswer { code: "timeout", message };
    assert_eq!(word(&judge(&HttpOutcome::Failed(none))), "no_answer");
}
