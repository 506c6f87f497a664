//! The password of a proxy's address is told nowhere, however the address reached us and whoever
//! repeats it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::connect_proxy::{ConnectProxy, Tunnels};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};
use crate::support::server::{response, serve};

const USER: &str = "proxyuser";
const PASSWORD: &str = "hunter2-Zq8kW";

/// A sign-in server that repeats the password.
fn parrot() -> String {
    let body = format!(
        r#"{{"error":"invalid_client","error_description":"{PASSWORD} came","error_codes":[]}}"#
    );
    serve(move |_| response(401, "Content-Type: application/json\r\n", &body))
}

/// A desk that signs in at this address, and calls an API at that one.
fn desk(authority: &str, api: &str) -> Desk {
    let desk = Desk::new()
        .with("MDE_OFFBOARD_API_URL", api)
        .with("AZURE_AUTHORITY_HOST", authority)
        .with("AZURE_TENANT_ID", "72f988bf-0000-0000-0000-000000000000")
        .with("AZURE_CLIENT_ID", "app")
        .with("AZURE_CLIENT_SECRET", "of-no-use-anywhere");
    desk.file("fleet.csv", list(3));
    desk
}

const RUN: &str = "run fleet.csv --comment Trial --yes --progress none --offline-timeout 1ms -vv \
                   --journal j.db --log-file run.log";

/// Runs, and fails where the password is on a stream or in a file.
#[track_caller]
fn told(desk: &Desk, more: &str) -> Said {
    let said = desk.run(&format!("{RUN} {more}"));
    assert!(!said.to_string().contains(PASSWORD), "{said}");
    for (name, bytes) in desk.files() {
        let held = bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
        assert!(!held, "{name} holds it");
    }
    said
}

#[test]
fn a_password_from_the_environment_is_hidden_in_what_a_server_says() {
    let server = parrot();
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    {
        for scheme in ["http://", ""] {
            let proxy = format!("{scheme}{USER}:{PASSWORD}@proxy.example:8080");
            let desk = desk(&server, &server).with(name, &proxy);
            told(&desk, "").ends_with(6).says("[secret] came");
        }
    }
}

#[test]
fn a_password_from_the_command_line_is_hidden_in_what_a_server_says() {
    let server = parrot();
    for scheme in ["http://", "https://", ""] {
        let proxy = format!("--proxy {scheme}{USER}:{PASSWORD}@proxy.example:8080");
        told(&desk(&server, &server), &proxy).ends_with(6).says("[secret] came");
    }
}

#[test]
fn no_error_about_a_proxy_tells_its_password() {
    let (defender, login) = ("https://defender.example", "https://login.example");
    let refusal = format!("HTTP/1.1 407 No {PASSWORD}\r\nContent-Length: 0\r\n\r\n");
    let refusing = serve(move |_| refusal.clone().into());
    let refusing = refusing.replace("http://", "");
    for (place, code) in [(refusing.as_str(), 6), ("127.0.0.1:9", 5)] {
        for scheme in ["http://", ""] {
            let proxy = format!("{scheme}{USER}:{PASSWORD}@{place}");
            let said = told(&desk(login, defender), &format!("--proxy {proxy}"));
            said.ends_with(code).says("proxy");
            told(&desk(login, defender).with("HTTPS_PROXY", &proxy), "").ends_with(code);
        }
    }
    // The HTTP client would go without the first two, and to `u` or port 80 for the others.
    for (before, place) in [
        ("ftp://", "127.0.0.1:9"),
        ("htp://", "127.0.0.1:9"),
        ("http://u:a/", "127.0.0.1:9"),
        ("http://u:a#", "127.0.0.1:9"),
        ("http://", "127.0.0.1:99999"),
    ] {
        let proxy = format!("{before}{USER}:{PASSWORD}@{place}");
        for name in ["HTTPS_PROXY", "all_proxy"] {
            let said = told(&desk(login, defender).with(name, &proxy), "");
            // Windows does not tell the capitals of a variable.
            let name = if cfg!(windows) { name.to_uppercase() } else { name.to_owned() };
            said.ends_with(2).says(&name).says("%2F");
        }
    }
    for odd in ["ftp://", "htp://", "socks5://", "http:/", "://", "http://a b"] {
        let proxy = format!("{odd}{USER}:{PASSWORD}@127.0.0.1:99999");
        let desk = desk(login, defender);
        let mut run = desk.command(RUN);
        run.args(["--proxy", &proxy]);
        let said = run.said();
        let said = said.ends_with(2).says("proxy");
        assert!(!said.to_string().contains(PASSWORD), "{said}");
    }
}

/// What the question said after `Proxy-Authorization: Basic `, and the answer's end.
fn quoted(head: &str) -> (String, &'static str) {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("proxy-auth"));
    let value = line.and_then(|line| line.rsplit(' ').next()).unwrap_or_default();
    (value.to_owned(), "Content-Length: 0\r\n\r\n")
}

/// Answers with what was sent in the status, in plain, in a header, in a page, in parts, and cut.
const ECHOES: [fn(&str) -> String; 6] = [
    |head| {
        let (value, end) = quoted(head);
        format!("HTTP/1.1 403 You said {value}\r\n{end}")
    },
    |head| {
        let (value, end) = quoted(head);
        let plain = STANDARD.decode(value).unwrap_or_default();
        format!("HTTP/1.1 403 {}\u{1b}[2J\u{202e}\r\n{end}", String::from_utf8_lossy(&plain))
    },
    |head| {
        let (value, end) = quoted(head);
        format!("HTTP/1.1 407 No\r\nProxy-Authenticate: {value} realm={value}\r\n{end}")
    },
    |head| {
        let page = format!("<p>Proxy-Authorization: Basic {}</p>", quoted(head).0);
        format!("HTTP/1.1 502 No\r\nContent-Length: {}\r\n\r\n{page}", page.len())
    },
    |head| {
        let (value, end) = quoted(head);
        let (first, second) = value.split_at(value.len() / 2);
        format!("HTTP/1.1 503 {first}\r\nX: {second}\r\n{end}")
    },
    |head| format!("HTTP/1.1 403 {}", &quoted(head).0[..20]),
];

#[test]
fn what_a_proxy_quotes_of_the_header_that_signs_in_to_it_is_kept_nowhere() {
    const LONG: &str = "hunter2-Zq8kW-vR3mXt91L";
    let basic = STANDARD.encode(format!("{USER}:{LONG}"));
    let halves = |text: &str| {
        let (first, second) = text.split_at(text.len() / 2);
        [first.to_owned(), second.to_owned()]
    };
    let parts = [halves(LONG), halves(&basic)].concat();
    for echo in ECHOES {
        let proxy = ConnectProxy::start(Tunnels::Echo(echo));
        let desk = desk("https://login.example", "https://defender.example");
        let given = format!("--proxy http://{USER}:{LONG}@{}", proxy.place);
        let said = desk.run(&format!("{RUN} {given} --events events.ndjson"));
        assert!(matches!(said.code, Some(5 | 6)), "{said}");
        assert!(proxy.heard().iter().all(|head| head.contains(&basic)), "{:?}", proxy.heard());
        let text = said.to_string();
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        let files = desk.files().into_iter();
        let files = files.map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()));
        for (name, text) in files.chain([("the screen".to_owned(), text)]) {
            for part in &parts {
                assert!(!text.contains(part), "{name}: {text}");
            }
        }
    }
}
