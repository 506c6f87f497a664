//! `check` before servers that are not what they should be, and the ways there.

use mde_offboard::simulator::TenantOptions;

use crate::defender::claims::jwt;
use crate::support::authority::{Authority, YEARS};
use crate::support::connect_proxy::{ConnectProxy, Tunnels};
use crate::support::desk::Desk;
use crate::support::server::{response, serve};
use crate::support::tls_end::TlsEnd;

use super::checks::{ALL, desk, not_made, only};
use super::credentials::run;

#[test]
fn a_certificate_that_is_not_trusted_is_of_the_network_and_ends_with_6() {
    let desk = desk("");
    let (known, unknown) = (Authority::new("Contoso Root"), Authority::new("Inspecting Proxy"));
    desk.file("ca.pem", known.pem());
    for option in ["--api-url", "--authority-url"] {
        let end = TlsEnd::before(desk.url(), &unknown.certify("127.0.0.1", YEARS));
        let words = format!("check --ca-file ca.pem {option} {}", end.url("127.0.0.1"));
        let said = only(desk.run(&words).ends_with(6), &["network"]);
        let said = said.says("CN=Inspecting Proxy").says("--ca-file");
        assert_eq!(not_made(&said), ALL[3..], "{said}");
        assert_eq!(end.decrypted(), 0);
    }
    let end = TlsEnd::before(desk.url(), &known.certify("127.0.0.1", YEARS));
    let words = format!("check --ca-file ca.pem --api-url {}", end.url("127.0.0.1"));
    only(desk.run(&words).ends_with(0), &[]);
}

#[test]
fn the_proxy_that_is_used_is_named_without_its_password() {
    const HOST: &str = "defender.example";
    let desk = desk("");
    let authority = Authority::new("Contoso Root");
    desk.file("ca.pem", authority.pem());
    let end = TlsEnd::before(desk.url(), &authority.certify(HOST, YEARS));
    let check = |proxy: &ConnectProxy| {
        let way = format!("--proxy http://me:hunter2@{} --ca-file ca.pem", proxy.place);
        desk.run(&format!("check --api-url https://{HOST} --authority-url https://{HOST} {way}"))
    };
    let proxy = ConnectProxy::start(Tunnels::LeadTo(end.place()));
    let said = only(check(&proxy).ends_with(0), &[]).never_says("hunter2");
    said.says(&format!("{HOST}, through the proxy {}, certificate trusted", proxy.place));
    let refusing = "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n";
    let proxy = ConnectProxy::start(Tunnels::Answer(refusing.into()));
    let said = only(check(&proxy).ends_with(6), &["network"]).never_says("hunter2");
    said.says(&proxy.place);
}

/// A desk before a server whose token has these roles, and which answers each path with a status
/// and these headers.
fn scripted(
    roles: &'static str,
    answer: impl Fn(&str) -> (u16, &'static str, String) + Send + Sync + 'static,
) -> Desk {
    let tenant = TenantOptions::default().tenant_id;
    let token = jwt(&format!(
        r#"{{"aud":"https://api.securitycenter.microsoft.com","tid":"{tenant}",
        "appid":"5e1f0000-0000-4000-8000-0000000000c1","exp":4102444800,"roles":[{roles}]}}"#
    ));
    let url = serve(move |request| {
        let path = request.split(' ').nth(1).unwrap();
        if path.ends_with("/token") {
            let body = format!(r#"{{"access_token":"{token}","expires_in":3599}}"#);
            return response(200, "Content-Type: application/json\r\n", &body);
        }
        let (status, headers, body) = answer(path);
        response(status, &format!("Content-Type: application/json\r\n{headers}"), &body)
    });
    Desk::new().leading_to(&url)
}

const BOTH: &str = r#""Machine.Offboard","Machine.Read.All""#;

fn empty_list(_: &str) -> (u16, &'static str, String) {
    (200, "", r#"{"value":[]}"#.to_owned())
}

#[test]
fn a_call_decides_whether_actions_can_be_read_and_not_the_token() {
    let refuse = |path: &str| match path {
        "/api/machineactions?$top=1" => {
            (403, "", r#"{"error":{"code":"Forbidden","message":"not you"}}"#.to_owned())
        }
        other => empty_list(other),
    };
    let said = scripted(BOTH, refuse).run("check").ends_with(6);
    let said = only(said, &["Machine.Read.All"]).says("the list of actions cannot be read");
    said.says("aa027352-232b-4ed4-b963-a705fc4d6d2c=Role").says("Machine.ReadWrite.All");
    // A run goes by the token too, so it is not enough that the server lets it pass.
    let said = scripted(r#""Machine.Offboard""#, empty_list).run("check").ends_with(6);
    only(said, &["Machine.Read.All"]).says("not in the token").says("ea8291d3-4b9a-44b5");
}

#[test]
fn a_server_that_is_not_defender_is_named() {
    for (status, headers, body, code, wrong) in [
        (200, "", "<html>Welcome</html>", 7, "Machine.Read.All"),
        (302, "Location: https://elsewhere.example/\r\n", "", 7, "network"),
        (503, "", "", 5, "network"),
        (401, "", "", 6, "Machine.Read.All"),
    ] {
        let answer = move |_: &str| (status, headers, body.to_owned());
        only(scripted(BOTH, answer).run("check").ends_with(code), &[wrong]);
    }
}

#[test]
fn a_clock_that_is_wrong_is_named_alone() {
    let old = |path: &str| {
        let (status, _, body) = empty_list(path);
        (status, "Date: Mon, 23 Nov 2020 08:15:30 GMT\r\n", body)
    };
    let said = only(scripted(BOTH, old).run("check").ends_with(2), &["clock"]);
    assert!(not_made(&said).is_empty(), "{said}");
    said.says("days ahead of that of 127.0.0.1").says("set this computer's clock right");
}

#[test]
fn a_token_that_cannot_be_read_leaves_offboarding_open() {
    let desk = scripted(BOTH, empty_list);
    let said = run(&desk, "check", &[("MDE_OFFBOARD_TOKEN", "opaque-token")]).ends_with(0);
    let said = only(said, &[]).says("token from MDE_OFFBOARD_TOKEN").never_says("opaque-token");
    assert_eq!(not_made(&said), ["Machine.Offboard"], "{said}");
}
