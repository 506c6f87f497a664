//! What is said of a sign-in that cannot be used, and what to do about it.

use std::time::Duration;

use crate::defender::{DefenderError, Objection, SignInError, audience_of, explanation};
use crate::domain::{Detail, Span, Timestamp};

use crate::cli::{Exit, Failure};

use super::sign_in_source::SignInSource;
use super::token_bearer::{MACHINE_OFFBOARD, TokenBearer, missing_permission};

/// How long before its end a certificate is warned of.
const CERTIFICATE_WARNED_OF: Duration = Duration::from_hours(30 * 24);

pub(super) fn ends_soon(at: Timestamp, now: Timestamp) -> bool {
    at.since(now) < CERTIFICATE_WARNED_OF
}

pub(super) fn certificate_ends(at: Timestamp, now: Timestamp) -> String {
    let days = at.since(now).as_secs() / 86_400;
    let left = if days == 0 { Span(at.since(now)).to_string() } else { format!("{days}d") };
    format!(
        "the certificate ends at {at}, in {left}; upload a new one to the app registration before \
         that"
    )
}

pub(super) fn unusable(error: &DefenderError) -> Failure {
    let exit = match error {
        DefenderError::Token => Exit::NoAccess,
        _ => Exit::Usage,
    };
    Failure::of(exit, error).hint(error.hint())
}

pub(crate) fn not_signed_in(error: &SignInError, source: &SignInSource) -> Failure {
    let detail = &error.detail;
    if error.refused {
        return refusal(detail, source);
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
fn refusal(detail: &Detail, source: &SignInSource) -> Failure {
    /// What is wrong is the secret, the certificate or the token that was shown.
    const OF_PROOF: [&str; 5] =
        ["AADSTS7000215", "AADSTS7000222", "AADSTS700027", "AADSTS50012", "AADSTS700030"];
    let what = detail.sign_in_failed();
    let Some(explained) = explanation(detail.code()) else {
        let failure = Failure::new(Exit::NoAccess, format!("{what}: {detail}"));
        return failure.hint(own_advice(detail.code(), source));
    };
    let meaning = Detail { message: explained.meaning.to_owned(), ..detail.clone() };
    let said = format!("{what}: {meaning}");
    let words = vec![format!("Entra: {}", detail.message)];
    let place = source.place.as_ref().filter(|_| OF_PROOF.contains(&detail.code()));
    let place = place.map(|place| format!("; this one is from {place}")).unwrap_or_default();
    Failure::new(Exit::NoAccess, said).causes(words).hint(format!("{}{place}", explained.advice))
}

/// For refusals that are not Entra's, and for codes of hers that are not in our table.
fn own_advice(code: &str, source: &SignInSource) -> String {
    if let Some(number) = code.strip_prefix("AADSTS") {
        let page = format!("https://login.microsoftonline.com/error?code={number}");
        return nothing(&format!("{page} explains the code"));
    }
    match code {
        "device_code_expired" => "start again; the code has to be entered in time".to_owned(),
        "device_code_declined" => "start again, and accept the sign-in in the browser".to_owned(),
        "invalid_request" => "with --auth managed-identity, --client-id (AZURE_CLIENT_ID) names a \
                              user-assigned identity; leave it out for the one of the computer \
                              itself"
            .to_owned(),
        "azure_cli" => {
            nothing("run `az account get-access-token` by hand, or sign in another way with --auth")
        }
        "token_ended" => nothing("put a new token into MDE_OFFBOARD_TOKEN"),
        "proxy" => nothing("give the proxy's user and password in its address, --proxy"),
        "certificate" | "tls_refused" | "proxy_refused" => {
            nothing("starting again changes nothing before that is fixed")
        }
        "secret_unreadable" | "certificate_unusable" => {
            let place = source.place.as_deref().unwrap_or("the secret");
            nothing(&format!("put {place} right, or sign in another way with --auth"))
        }
        _ if !source.asks_authority => {
            nothing("then run `mde-offboard check`, or sign in another way with --auth")
        }
        _ => nothing("check the credential, --tenant-id, --client-id and --authority-url"),
    }
}

fn nothing(advice: &str) -> String {
    format!("nothing was queued or sent; {advice}")
}

/// Why a token cannot be used, for anyone.
pub(super) fn unfit(objection: &Objection) -> Failure {
    let advice = match objection {
        Objection::Expired { .. } => nothing(
            "put a new token into MDE_OFFBOARD_TOKEN, or sign in with AZURE_CLIENT_SECRET, which \
             renews its tokens",
        ),
        Objection::NotYet { .. } => {
            nothing("set this computer's clock right, or get a token that holds now")
        }
        Objection::OddClaim(_) => {
            nothing("Entra gives no such token: check --authority-url, and where the token is from")
        }
        Objection::OtherTenant { expected, .. } => nothing(&format!(
            "sign in to {expected}, or name the other tenant: --tenant-id, AZURE_TENANT_ID"
        )),
        Objection::OtherAudience { expected, found } => {
            let other_api = match found.trim_end_matches('/') {
                "https://api.security.microsoft.com" => "that is Defender XDR's API, another one; ",
                _ => "",
            };
            nothing(&format!(
                "{other_api}get a token with\n  az account get-access-token --resource {expected}\n\
                 and check --cloud"
            ))
        }
        Objection::MissingRole(_) | Objection::MissingScope(_) => nothing("grant the permission"),
    };
    Failure::of(Exit::NoAccess, objection).hint(advice)
}

/// Which permissions a token lacks, and how they are granted. Everything that is missing is told at
/// once: an administrator is asked once.
pub(super) fn lacking(missing: &[Objection], bearer: &TokenBearer) -> Option<Failure> {
    let names: Vec<&str> = missing.iter().filter_map(missing_permission).collect();
    let offboards = !names.contains(&MACHINE_OFFBOARD);
    let may_not = match (names.as_slice(), offboards) {
        ([], _) => return None,
        ([_], false) => "may not offboard machines",
        (_, true) => "may not read machines and their actions",
        (_, false) => "may neither offboard machines nor read them and their actions",
    };
    let said = format!("{} {may_not}", bearer.words());
    let causes = missing.iter().map(ToString::to_string).collect();
    Some(Failure::new(Exit::NoAccess, said).causes(causes).hint(bearer.grant(&names)))
}

/// A token for a name of Defender that is not known to go with this cloud.
pub(super) fn doubtful_audience(found: &str, scope: &str) -> String {
    let expected = audience_of(scope);
    format!(
        "the token is for `{found}`, which may not be a name of this cloud's API; if it is \
         refused, get one for `{expected}`, and check --cloud"
    )
}
