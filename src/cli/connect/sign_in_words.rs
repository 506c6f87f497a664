//! What is said of a sign-in that cannot be used, and what to do about it.

use std::time::Duration;

use crate::defender::{DefenderError, Objection, SignInError, explanation};
use crate::domain::{Detail, Span, Timestamp};

use crate::cli::{Exit, Failure};

/// How long before its end a certificate is warned of.
const CERTIFICATE_WARNED_OF: Duration = Duration::from_hours(30 * 24);

pub(super) fn ends_soon(at: Timestamp, now: Timestamp) -> bool {
    at.since(now) < CERTIFICATE_WARNED_OF
}

pub(super) fn certificate_ends(at: Timestamp, now: Timestamp) -> String {
    let days = at.since(now).as_secs() / 86_400;
    let left = if days == 0 { Span(at.since(now)).to_string() } else { format!("{days}d") };
    format!(
        "warning: the certificate ends at {at}, in {left}; upload a new one to the app \
         registration before that\n"
    )
}

pub(super) fn unusable(error: &DefenderError) -> Failure {
    let exit = match error {
        DefenderError::Token => Exit::NoAccess,
        _ => Exit::Usage,
    };
    Failure { hint: error.hint(), ..Failure::of(exit, error) }
}

pub(super) fn not_signed_in(SignInError { detail, refused }: &SignInError) -> Failure {
    if *refused {
        return refusal(detail);
    }
    if !detail.changes_by_waiting() {
        return Failure::new(Exit::Guard, format!("the sign-in cannot be used: {detail}")).hint(
            "nothing was queued or sent; check --authority-url, --ca-file and the proxy, since \
             starting again changes nothing",
        );
    }
    Failure::new(Exit::Unfinished, format!("the sign-in cannot be reached: {detail}"))
        .hint("nothing was queued or sent; start again once there is a connection")
}

/// What a code means, with Entra's own words and the advice on lines of their own.
fn refusal(detail: &Detail) -> Failure {
    let Some(explained) = explanation(detail.code()) else {
        let failure = Failure::new(Exit::NoAccess, format!("sign-in was refused: {detail}"));
        return match own_advice(detail.code()) {
            Some(advice) => failure.hint(advice),
            None => failure,
        };
    };
    let meaning = Detail { message: explained.meaning.to_owned(), ..detail.clone() };
    let said = format!("sign-in was refused: {meaning}");
    let words = vec![format!("Entra: {}", detail.message)];
    Failure { causes: words, ..Failure::new(Exit::NoAccess, said) }.hint(explained.advice)
}

/// For refusals that are not Entra's.
fn own_advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "device_code_expired" => "start again; the code has to be entered in time",
        "device_code_declined" => "start again, and accept the sign-in in the browser",
        "invalid_request" => {
            "with --auth managed-identity, --client-id (AZURE_CLIENT_ID) names a user-assigned \
             identity; leave it out for the one of the computer itself"
        }
        _ => return None,
    })
}

/// How an app gets a permission of this kind.
fn permission_hint((kind, name): (&str, &str), app: &str, also: &str) -> String {
    format!(
        "an administrator adds the {kind} permission `{name}` of the API\n\
         WindowsDefenderATP to the app {app} and grants consent; {also}"
    )
}

pub(super) fn objected(objection: &Objection, app: &str) -> Failure {
    let failure = Failure::of(Exit::NoAccess, objection);
    match objection {
        Objection::MissingRole(role) => {
            let said = match *role {
                "Machine.Offboard" => "the app may not offboard machines",
                _ => "the app may not read machines and their actions",
            };
            let hint = permission_hint(("application", role), app, "it can take a minute");
            Failure::new(Exit::NoAccess, said).caused_by(objection).hint(hint)
        }
        Objection::MissingScope(scope) => {
            let said = match *scope {
                "Machine.Offboard" => "the signed-in person may not offboard machines",
                _ => "the signed-in person may not read machines and their actions",
            };
            let also = "the person also needs, in\nDefender's unified RBAC, Core security settings \
                        (manage) to offboard, and Security data\nbasics (read) to read";
            let hint = permission_hint(("delegated", scope), app, also);
            Failure::new(Exit::NoAccess, said).caused_by(objection).hint(hint)
        }
        Objection::Expired { .. } => failure.hint(
            "nothing was queued or sent; put a new token into MDE_OFFBOARD_TOKEN, or sign in with \
             AZURE_CLIENT_SECRET, which renews its tokens",
        ),
        Objection::NotYet { .. } => failure.hint(
            "nothing was queued or sent; set this computer's clock right, or get a token that \
             holds now",
        ),
        Objection::OddClaim(_) => failure.hint(
            "nothing was queued or sent; Entra gives no such token: check --authority-url, and \
             where the token is from",
        ),
        Objection::OtherTenant { .. } | Objection::OtherAudience { .. } => failure,
    }
}
