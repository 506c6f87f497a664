//! Proxies, as a company has them: what they refuse is told with its host, its reason and what to
//! do, and one that inspects TLS works with its certificate.

use std::io::{Read, Write};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::authority::{Authority, YEARS};
use crate::support::connect_proxy::{ConnectProxy, Tunnels};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Complete;
use crate::support::tls_end::TlsEnd;

const HOST: &str = "defender.example";

/// A plan against a host that only a proxy knows.
fn plan(more: &str) -> String {
    format!(
        "plan fleet.csv --comment x --api-url https://{HOST} --authority-url https://{HOST} {more}"
    )
}

fn desk() -> Desk {
    Desk::holding(&list(3), "--speed 600")
}

fn answering(status: &str, headers: &str) -> ConnectProxy {
    let answer = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n");
    ConnectProxy::start(Tunnels::Answer(answer.into()))
}

#[test]
fn a_proxy_that_inspects_tls_works_with_its_certificate_and_is_named_without() {
    let desk = desk();
    let inspector = Authority::new("Inspecting Proxy Root");
    desk.file("proxy-ca.pem", inspector.pem());
    let end = TlsEnd::before(desk.url(), &inspector.certify(HOST, YEARS));
    let proxy = ConnectProxy::start(Tunnels::LeadTo(end.place()));
    let through = format!("--proxy {}", proxy.url());
    let said = desk.run(&plan(&through)).ends_with(6);
    said.says(&format!("through the proxy `{}`, the certificate of `{HOST}`", proxy.place))
        .says_all(&["CN=Inspecting Proxy Root", "--ca-file"]);
    assert_eq!(end.decrypted(), 0);
    desk.run(&plan(&format!("{through} --ca-file proxy-ca.pem"))).ends_with(0);
    let run = "run fleet.csv --comment x --yes --progress none --poll-interval 200ms";
    let to = format!("--api-url https://{HOST} --authority-url https://{HOST}");
    desk.run(&format!("{run} {to} {through} --ca-file proxy-ca.pem")).ends_with(0);
    assert_eq!(desk.posts(), 3);
    for question in proxy.heard() {
        assert!(question.starts_with(&format!("CONNECT {HOST}:443 ")), "{question}");
        assert!(!question.to_ascii_lowercase().contains("\r\nauthorization:"), "{question}");
    }
}

#[test]
fn the_proxy_of_the_environment_is_used_and_signed_in_to_by_its_address() {
    let desk = desk();
    let authority = Authority::new("Contoso Root");
    desk.file("ca.pem", authority.pem());
    let end = TlsEnd::before(desk.url(), &authority.certify(HOST, YEARS));
    let value: &'static str = format!("Basic {}", STANDARD.encode("user:p@ss word")).leak();
    let proxy = ConnectProxy::start(Tunnels::LeadToFor(end.place(), value));
    let right = format!("http://user:p%40ss%20word@{}", proxy.place);
    let wrong = format!("http://user:guess@{}", proxy.place);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let with = |address: &str| {
            let mut command = desk.command(&plan("--ca-file ca.pem"));
            command.env(name, address);
            command.said()
        };
        with(&right).ends_with(0);
        let said = with(&wrong).ends_with(6);
        said.says("refused the user name or the password").never_says("guess");
        let said = with(&proxy.url()).ends_with(6);
        said.says("wants a user name and a password").says("HTTPS_PROXY=http://USER:PASSWORD@");
    }
    // A host that needs no proxy.
    let desk = desk.with("HTTPS_PROXY", &proxy.url()).with("NO_PROXY", "example");
    let before = proxy.heard().len();
    desk.run(&plan("--offline-timeout 1ms --timeout 2s")).never_says(&proxy.place);
    assert_eq!(proxy.heard().len(), before);
}

#[test]
fn what_a_proxy_refuses_for_good_ends_with_6_at_once_and_says_whom_to_ask() {
    let ntlm = "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n";
    let cases: [(&str, &str, &[&str]); 4] = [
        ("403 Forbidden", "", &["(403 Forbidden)", "ask its administrator", "--proxy"]),
        ("407 Proxy Authentication Required", "", &["a user name and a password", "HTTPS_PROXY"]),
        ("407 Authenticate", ntlm, &["Negotiate, NTLM", "can only do Basic"]),
        ("400 Bad Request", "", &["(400 Bad Request)"]),
    ];
    let desk = desk();
    for (status, headers, words) in cases {
        let proxy = answering(status, headers);
        let said = desk.run(&plan(&format!("--proxy {}", proxy.url()))).ends_with(6);
        said.says_all(words).says(&format!("the proxy `{}`", proxy.place));
        assert_eq!(proxy.heard().len(), 2, "{status}: asked once, and once for the reason");
    }
    let socks = desk.with("ALL_PROXY", "socks5://127.0.0.1:9");
    socks.run(&plan("")).ends_with(6).says("is a SOCKS proxy").says("HTTPS_PROXY");
    let said = socks.run(&plan("--proxy socks5://127.0.0.1:9")).ends_with(6);
    said.says("the proxy `127.0.0.1:9` is a SOCKS proxy").never_says("the system's");
}

#[test]
fn a_plain_proxy_that_is_spoken_to_in_tls_is_no_riddle() {
    let desk = desk();
    // One that answers at once what it does not understand, and one that waits for its end.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _read = stream.read(&mut [0; 4096]);
            let _written = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let said = desk.run(&plan(&format!("--proxy https://{place}"))).ends_with(6);
    said.says("does not answer in TLS").says(&format!("write http://{place}"));
    let waiting = answering("400 Bad Request", "");
    let said = desk.run(&plan(&format!("--proxy https://{} --timeout 1s", waiting.place)));
    said.ends_with(5).says(&format!("write http://{}", waiting.place));
}

#[test]
fn what_may_pass_at_a_proxy_is_tried_for_a_while_and_ends_with_5_and_the_cause() {
    let desk = desk();
    let cases = [
        (answering("503 Service Unavailable", ""), "(503 Service Unavailable)"),
        (answering("502 Bad Gateway", ""), "could not connect to `defender.example`"),
        (ConnectProxy::start(Tunnels::Close), "hung up when asked to connect to"),
        (ConnectProxy::start(Tunnels::Hang), "no connection to `defender.example` through the"),
    ];
    for (proxy, words) in cases {
        let more = format!("--proxy {} --timeout 2s", proxy.url());
        let run = plan(&more).replace("plan ", "run ") + " --yes --offline-timeout 1s";
        let said = desk.run(&run).ends_with(5).says(words).says(&proxy.place);
        assert!(!said.to_string().contains("tunnel error"), "{said}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let desk = desk();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = plan(&format!("--proxy http://{gone}")).replace("plan ", "run ");
    let said = desk.run(&format!("{run} --yes --offline-timeout 1ms")).ends_with(5);
    said.says(&format!("the proxy `{gone}` (for `defender.example`) refused the connection"));
}
