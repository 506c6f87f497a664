//! Who is answered: the token, the name of the server, where a request comes from, its method.

use super::visit::{Answer, Dashboard};
use crate::support::desk::Desk;

fn dashboard() -> (Desk, Dashboard) {
    let desk = Desk::new();
    let dashboard = Dashboard::start(&desk, "--journal none.db");
    (desk, dashboard)
}

/// What every answer says.
const GUARDS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

#[track_caller]
fn check_guards(answer: &Answer) {
    for (name, value) in GUARDS {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    let cors = answer.head.iter().any(|(name, _)| name.starts_with("access-control-"));
    assert!(!cors, "{answer:?}");
}

#[track_caller]
fn check_refused(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{answer:?}");
    check_guards(answer);
}

#[test]
fn the_token_has_256_bits_and_is_another_one_each_time() {
    let desk = Desk::new();
    let (one, other) = (Dashboard::start(&desk, ""), Dashboard::start(&desk, ""));
    for dashboard in [&one, &other] {
        let token = dashboard.home.trim_matches('/');
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(token.len() == 43 && token.chars().all(fits), "{}", dashboard.url);
    }
    assert_ne!(one.home, other.home);
    check_refused(&one.ask("GET", &other.home, &[]), 404);
}

#[test]
fn nothing_is_answered_without_the_token() {
    let (_desk, dashboard) = dashboard();
    assert_eq!(dashboard.get("").status, 200);
    let token = dashboard.home.trim_matches('/');
    let (first, last) = (token.chars().next().unwrap(), token.chars().last().unwrap());
    let other = |c: char| if c == 'A' { 'B' } else { 'A' };
    let refused = [
        "/".to_owned(),
        "/style.css".to_owned(),
        "/live.js".to_owned(),
        "/events".to_owned(),
        "/favicon.ico".to_owned(),
        "//".to_owned(),
        format!("/x/{token}/"),
        format!("/{}/", &token[1..]),
        format!("/{token}x/"),
        format!("/{}{}/", other(first), &token[1..]),
        format!("/{}{}/", &token[..42], other(last)),
        format!("/{}/", token.to_lowercase()),
        format!("/{token}"),
        format!("/%41{token}/"),
    ];
    for path in refused {
        let answer = dashboard.ask("GET", &path, &[]);
        check_refused(&answer, 404);
        assert_eq!(answer.header("connection"), Some("close"), "{path}");
    }
    // With it, what is not there is not there either.
    for path in ["batch/1", "nothing", "../", "batch/1/machine/x/", "machines/"] {
        check_refused(&dashboard.get(path), 404);
    }
    let long = format!("?q={}", "x".repeat(5_000));
    check_refused(&dashboard.get(&long), 404);
}

#[test]
fn only_its_own_names_are_answered() {
    let (_desk, dashboard) = dashboard();
    let port = dashboard.host.split_once(':').unwrap().1;
    let asked = |host: &str| dashboard.ask("GET", &dashboard.home, &[("Host", host)]);
    for host in
        [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("LocalHost:{port}")]
    {
        assert_eq!(asked(&host).status, 200, "{host}");
    }
    let other_port = if port == "1" { "2" } else { "1" };
    for host in [
        "evil.example",
        "127.0.0.1",
        "localhost",
        "",
        &format!("evil.example:{port}"),
        &format!("localhost.evil.example:{port}"),
        &format!("127.0.0.1.nip.io:{port}"),
        &format!("127.0.0.2:{port}"),
        &format!("[::1]:{port}"),
        &format!("localhost:{other_port}"),
        &format!("user@localhost:{port}"),
        &format!("localhost:{port}, evil.example"),
    ] {
        check_refused(&asked(host), 403);
    }
    let home = &dashboard.home;
    let none = dashboard.send(&format!("GET {home} HTTP/1.1\r\nConnection: close\r\n\r\n"));
    check_refused(&none, 403);
    let own = &dashboard.host;
    let two = format!(
        "GET {home} HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    );
    check_refused(&dashboard.send(&two), 403);
    let whole = format!("http://evil.example{home}");
    check_refused(&dashboard.ask("GET", &whole, &[]), 403);
}

#[test]
fn another_origin_and_another_site_get_nothing() {
    let (_desk, dashboard) = dashboard();
    let own = format!("http://{}", dashboard.host);
    let asked = |head: &[(&str, &str)]| dashboard.ask("GET", &dashboard.home, head);
    assert_eq!(asked(&[("Origin", &own)]).status, 200);
    for origin in ["null", "http://evil.example", "http://127.0.0.1", &own.replace("http", "https")]
    {
        check_refused(&asked(&[("Origin", origin)]), 403);
    }
    let fetched = |site: &str, mode: &str, dest: &str| {
        asked(&[("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)])
    };
    for (site, mode, dest) in [
        ("none", "navigate", "document"),
        ("same-origin", "cors", "empty"),
        ("same-origin", "no-cors", "script"),
        // A link in a mail or a chat.
        ("cross-site", "navigate", "document"),
    ] {
        assert_eq!(fetched(site, mode, dest).status, 200, "{site} {mode} {dest}");
    }
    for (site, mode, dest) in [
        ("cross-site", "no-cors", "image"),
        ("cross-site", "cors", "empty"),
        ("cross-site", "navigate", "iframe"),
        ("cross-site", "navigate", "object"),
        // Another port of this computer.
        ("same-site", "cors", "empty"),
        ("something-new", "no-cors", "image"),
    ] {
        check_refused(&fetched(site, mode, dest), 403);
    }
}

#[test]
fn nothing_but_reading_is_possible() {
    let (_desk, dashboard) = dashboard();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "CONNECT"] {
        let path = if method == "CONNECT" { &dashboard.host } else { &dashboard.home };
        let answer = dashboard.ask(method, path, &[("Access-Control-Request-Method", "GET")]);
        check_refused(&answer, 405);
        assert_eq!(answer.header("allow"), Some("GET, HEAD"), "{method}");
        // The same for who does not know the token.
        let answer = dashboard.ask(method, if method == "CONNECT" { path } else { "/x/" }, &[]);
        check_refused(&answer, 405);
    }
    for path in ["", "events", "style.css"] {
        let answer = dashboard.ask("HEAD", &format!("{}{path}", dashboard.home), &[]);
        check_refused(&answer, 200);
    }
}

#[test]
fn every_answer_guards_itself() {
    let (_desk, dashboard) = dashboard();
    for path in ["", "style.css", "live.js", "machines.js", "batches/"] {
        let answer = dashboard.get(path);
        assert_eq!(answer.status, 200, "{path}");
        check_guards(&answer);
    }
}
