//! What an answer without effect says, or none: whether to wait, and in which words it is told.

use mde_offboard::domain::Detail;

#[test]
fn a_sign_in_was_refused_only_where_the_one_who_was_asked_said_no() {
    let (refused, impossible) = ("sign-in was refused", "no sign-in was possible");
    for (status, code, words) in [
        (Some(400), "AADSTS700016", refused),
        (Some(401), "AADSTS7000215", refused),
        (Some(503), "", refused),
        // A proxy on the way.
        (Some(407), "proxy_refused", impossible),
        (None, "device_code_expired", refused),
        (None, "timeout", impossible),
        (None, "", impossible),
    ] {
        let detail = Detail::new(status, Some(code), "some words");
        assert_eq!(detail.sign_in_failed(), words, "{detail:?}");
    }
}

#[test]
fn only_what_may_pass_by_itself_is_worth_waiting_for() {
    for (status, code, changes) in [
        (Some(401), "", true),
        (Some(429), "TooManyRequests", true),
        (Some(503), "", true),
        (Some(400), "InvalidRequest", false),
        (Some(404), "", false),
        // The answer did not arrive whole.
        (Some(200), "connection_reset", true),
        (Some(404), "timeout", true),
        // The way to the server is barred, or only interrupted.
        (None, "certificate", false),
        (None, "tls_refused", false),
        (None, "proxy_refused", false),
        (None, "connection_refused", true),
    ] {
        let detail = Detail::new(status, Some(code), "some words");
        assert_eq!(detail.changes_by_waiting(), changes, "{detail:?}");
    }
}
