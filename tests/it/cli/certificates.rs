//! Servers whose certificate is refused: nothing is sent to them, and each command says why.

use crate::support::authority::{Authority, ServerCertificate, YEARS};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Said;
use crate::support::tls_end::TlsEnd;

const RUN: &str = "run fleet.csv --comment x --yes --progress none";
const PLAN: &str = "plan fleet.csv --comment x";

/// A desk with a file of an authority, `ca.pem`, that nobody of these tests is signed by.
fn desk() -> (Desk, Authority) {
    let desk = Desk::holding(&list(3), "--speed 600");
    let authority = Authority::new("Contoso Root");
    desk.file("ca.pem", authority.pem());
    (desk, authority)
}

/// Each certificate that must be refused although `ca.pem` is trusted, and what is said of it.
fn refused(known: &Authority) -> Vec<(ServerCertificate, &'static str, Vec<&'static str>)> {
    let unknown = Authority::new("Inspecting Proxy Root");
    let below = unknown.below("Inspecting Proxy 7");
    vec![
        (
            known.certify("127.0.0.1", (2020, 2021)),
            "127.0.0.1",
            vec!["the certificate of `127.0.0.1` expired at 2021-01-01T00:00:00Z", "clock"],
        ),
        (
            known.certify("127.0.0.1", (2098, 2099)),
            "127.0.0.1",
            vec!["`127.0.0.1` is not valid before 2098-01-01T00:00:00Z", "clock"],
        ),
        (
            ServerCertificate::self_signed("127.0.0.1").0,
            "127.0.0.1",
            vec!["is self-signed (`CN=server of a test`)", "--ca-file"],
        ),
        (
            known.certify("other.example", YEARS),
            "localhost",
            vec!["the certificate is for `other.example`, not for `localhost`", "--api-url"],
        ),
        (
            unknown.certify("127.0.0.1", YEARS),
            "127.0.0.1",
            vec!["is from `CN=Inspecting Proxy Root`", "does not trust", "--ca-file"],
        ),
        (
            below.certify("127.0.0.1", YEARS),
            "127.0.0.1",
            vec!["is from `CN=Inspecting Proxy Root`", "does not trust", "--ca-file"],
        ),
    ]
}

#[track_caller]
fn check(said: Said, words: &[&str]) {
    let said = said.ends_with(6).says_all(words);
    for layer in ["error sending request", "client error", "invalid peer certificate", "os error"] {
        assert!(!said.to_string().contains(layer), "{said}");
    }
}

#[test]
fn a_sign_in_server_whose_certificate_is_refused_gets_no_byte_and_ends_each_command_with_6() {
    let (desk, known) = desk();
    for (certificate, host, words) in refused(&known) {
        let end = TlsEnd::before(desk.url(), &certificate);
        for command in [PLAN, RUN] {
            let to = format!("{command} --ca-file ca.pem --authority-url {}", end.url(host));
            check(desk.run(&to), &words);
        }
        assert_eq!((end.decrypted(), end.connections()), (0, 2), "asked once each: {words:?}");
    }
    assert_eq!(desk.posts(), 0);
    desk.check_nothing_queued("default.db");
}

#[test]
fn an_api_whose_certificate_is_refused_gets_no_byte_and_a_new_list_ends_with_6_at_once() {
    let (desk, known) = desk();
    for (certificate, host, words) in refused(&known) {
        let end = TlsEnd::before(desk.url(), &certificate);
        for command in [PLAN, RUN] {
            let to = format!("{command} --ca-file ca.pem --api-url {}", end.url(host));
            check(desk.run(&to), &words);
        }
        assert_eq!((end.decrypted(), end.connections()), (0, 2), "asked once each: {words:?}");
    }
    desk.check_nothing_queued("default.db");
}

#[test]
fn a_batch_that_goes_on_meets_a_refused_certificate_and_ends_with_6_within_seconds() {
    let desk = Desk::holding(&list(3), "--speed 1 --pending-share 100%");
    let known = Authority::new("Contoso Root");
    desk.file("ca.pem", known.pem());
    desk.run(&format!("{RUN} --track-timeout 1ms")).ends_with(9);
    let (posts, before) = (desk.posts(), desk.status()["counts"].clone());
    let unknown = Authority::new("Inspecting Proxy Root");
    let words = ["is from `CN=Inspecting Proxy Root`", "--ca-file"];
    for host in ["--api-url", "--authority-url"] {
        let end = TlsEnd::before(desk.url(), &unknown.certify("127.0.0.1", YEARS));
        // A short time to follow ends before the third try.
        let track = "track 1 --progress none";
        for command in
            [track, &format!("{track} --track-timeout 1s"), "cancel 1 --yes --progress none"]
        {
            let url = end.url("127.0.0.1");
            check(desk.run(&format!("{command} --ca-file ca.pem {host} {url}")), &words);
        }
        assert_eq!(end.decrypted(), 0);
        assert!(end.connections() >= 2, "{host}");
    }
    assert_eq!((desk.posts(), desk.status()["counts"].clone()), (posts, before));
}

#[test]
#[cfg(unix)] // Windows always has one.
fn a_computer_without_a_trust_store_says_so_and_can_still_rehearse() {
    let (desk, known) = desk();
    let desk = desk.with("SSL_CERT_FILE", "none.pem").with("SSL_CERT_DIR", "none");
    desk.file("none.pem", "");
    let end = TlsEnd::before(desk.url(), &known.certify("127.0.0.1", YEARS));
    let url = end.url("127.0.0.1");
    let to = format!("{PLAN} --authority-url {url} --api-url {url}");
    desk.run(&to).ends_with(6).says("no CA certificates").says("ca-certificates");
    assert_eq!(end.decrypted(), 0);
    desk.run(&format!("{to} --ca-file ca.pem")).ends_with(0);
    desk.run(&format!("{PLAN} --simulate --fleet ordinary")).ends_with(0);
}
