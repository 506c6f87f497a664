//! The password of a proxy's address is told nowhere, however the address reached us and whoever
//! repeats it.

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Said;
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
    for odd in ["ftp://", "socks5://", "http:/", "://", "http://a b"] {
        let proxy = format!("{odd}{USER}:{PASSWORD}@127.0.0.1:99999");
        let desk = desk(login, defender);
        let mut run = desk.command(RUN);
        run.args(["--proxy", &proxy]);
        let said: Said = run.output().unwrap().into();
        let said = said.ends_with(2).says("proxy");
        assert!(!said.to_string().contains(PASSWORD), "{said}");
    }
}
