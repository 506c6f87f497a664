//! Why a server's certificate is refused, in one sentence with what to do.
//!
//! The verifier says which rule is broken; who signed the certificate, for whom it is and until
//! when it holds is read from what the server showed. Deliberately absent: judging (`trust`).

use std::fmt;

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::x509::X509Name;

use crate::domain::Timestamp;
use crate::domain::text::prose;

/// What a server showed, and to whom.
pub(super) struct Presented<'a> {
    pub(super) end_entity: &'a CertificateDer<'a>,
    pub(super) intermediates: &'a [CertificateDer<'a>],
    pub(super) server_name: &'a ServerName<'a>,
    pub(super) now: UnixTime,
}

/// Texts are fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CertificateRefusal {
    UnknownIssuer {
        host: String,
        issuer: String,
    },
    /// The issuer has the name of one that is trusted, and another key.
    OtherKey {
        host: String,
        issuer: String,
    },
    SelfSigned {
        host: String,
        subject: String,
    },
    Expired {
        host: String,
        at: Timestamp,
        now: Timestamp,
    },
    NotYetValid {
        host: String,
        from: Timestamp,
        now: Timestamp,
    },
    /// Of one that signed the server's.
    IssuerExpired {
        host: String,
        now: Timestamp,
    },
    WrongHost {
        host: String,
        names: String,
    },
    Revoked {
        host: String,
    },
    /// The reason is a number of Windows, in its words: it may well be the issuer.
    Numbered {
        host: String,
        issuer: String,
        words: String,
    },
    /// The rule, in the verifier's words.
    Other {
        host: String,
        words: String,
    },
    NoTrustStore,
}

/// The longest name of an authority that is shown: with two of them a message is still whole.
const NAME_CHARS_MAX: usize = 100;

impl CertificateRefusal {
    pub(super) fn of(error: &CertificateError, presented: &Presented<'_>) -> Self {
        use CertificateError as E;
        let host = presented.server_name.to_str().into_owned();
        let Ok((_, shown)) = parse_x509_certificate(presented.end_entity) else {
            return Self::Other { host, words: "it cannot be read".to_owned() };
        };
        let validity = shown.validity();
        let (from, to) = (validity.not_before.timestamp(), validity.not_after.timestamp());
        let seconds = i64::try_from(presented.now.as_secs()).unwrap_or(i64::MAX);
        let now = instant(seconds);
        match error {
            E::Expired | E::ExpiredContext { .. } if to >= seconds => {
                Self::IssuerExpired { host, now }
            }
            E::Expired | E::ExpiredContext { .. } => Self::Expired { host, at: instant(to), now },
            E::NotValidYet | E::NotValidYetContext { .. } => {
                Self::NotYetValid { host, from: instant(from), now }
            }
            E::NotValidForName | E::NotValidForNameContext { .. } => {
                Self::WrongHost { host, names: names(&shown) }
            }
            E::UnknownIssuer if shown.issuer() == shown.subject() => {
                Self::SelfSigned { host, subject: name(shown.subject()) }
            }
            E::Other(other) if is_chain_broken(&other.0.to_string()) => {
                Self::UnknownIssuer { host, issuer: top_issuer(&shown, presented.intermediates) }
            }
            E::UnknownIssuer => {
                Self::UnknownIssuer { host, issuer: top_issuer(&shown, presented.intermediates) }
            }
            E::BadSignature => {
                Self::OtherKey { host, issuer: top_issuer(&shown, presented.intermediates) }
            }
            E::Revoked => Self::Revoked { host },
            E::Other(_) if shown.is_ca() => {
                let words = "it is a CA's own; a server needs one that a CA signed for it";
                Self::Other { host, words: words.to_owned() }
            }
            E::Other(other) if is_number(&other.0.to_string()) => {
                let issuer = top_issuer(&shown, presented.intermediates);
                let words = prose(&other.0.to_string(), 2 * NAME_CHARS_MAX);
                Self::Numbered { host, issuer, words }
            }
            other => Self::Other { host, words: prose(&other.to_string(), 2 * NAME_CHARS_MAX) },
        }
    }
}

/// A sentence without a full stop.
impl fmt::Display for CertificateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CLOCK: &str = "or this computer's clock is wrong";
        match self {
            Self::UnknownIssuer { host, issuer } => write!(
                f,
                "the certificate of `{host}` is from `{issuer}`, which this computer does not \
                 trust; if your organization inspects TLS, give that CA's certificate with \
                 --ca-file"
            ),
            Self::OtherKey { host, issuer } => write!(
                f,
                "the certificate of `{host}` is from `{issuer}`, but not signed with the key that \
                 this computer trusts under this name; give that CA's current certificate with \
                 --ca-file"
            ),
            Self::SelfSigned { host, subject } => write!(
                f,
                "the certificate of `{host}` is self-signed (`{subject}`), and this computer does \
                 not trust it; if it is the right server, give its certificate with --ca-file"
            ),
            Self::Expired { host, at, now } => write!(
                f,
                "the certificate of `{host}` expired at {at}; the server needs a new one, {CLOCK} \
                 (it says {now})"
            ),
            Self::NotYetValid { host, from, now } => write!(
                f,
                "the certificate of `{host}` is not valid before {from}; the server has it too \
                 early, {CLOCK} (it says {now})"
            ),
            Self::IssuerExpired { host, now } => write!(
                f,
                "a CA certificate that signs the certificate of `{host}` expired; the server \
                 needs a new chain, {CLOCK} (it says {now})"
            ),
            Self::WrongHost { host, names } => write!(
                f,
                "the certificate is for {names}, not for `{host}`; check --api-url, \
                 --authority-url and the proxy"
            ),
            Self::Revoked { host } => write!(
                f,
                "the certificate of `{host}` was revoked by its CA; do not go on before you know \
                 why"
            ),
            Self::Numbered { host, issuer, words } => write!(
                f,
                "the certificate of `{host}`, which is from `{issuer}`, cannot be used: {words}; \
                 if your organization inspects TLS, give that CA's certificate with --ca-file"
            ),
            Self::Other { host, words } => {
                write!(f, "the certificate of `{host}` cannot be used: {words}")
            }
            Self::NoTrustStore => f.write_str(
                "this computer has no CA certificates, so no server can be trusted; install them \
                 (package ca-certificates), or give --ca-file",
            ),
        }
    }
}

impl std::error::Error for CertificateRefusal {}

/// Whether these words are those of the system for a number.
fn is_number(words: &str) -> bool {
    words.contains("(os error ")
}

/// Whether these are Windows' words for a chain whose CA is not here, in any language: its
/// `CERT_E_CHAINING`, which the verifier does not tell apart.
fn is_chain_broken(words: &str) -> bool {
    const CODE: &str = "(os error -2146762486)";
    words.contains(CODE)
}

/// Who signed the last certificate of the chain: whose certificate is missing here.
fn top_issuer(shown: &X509Certificate<'_>, intermediates: &[CertificateDer<'_>]) -> String {
    let parsed = |der| parse_x509_certificate(der).ok().map(|(_, certificate)| certificate);
    let others: Vec<X509Certificate<'_>> =
        intermediates.iter().filter_map(|der| parsed(der.as_ref())).collect();
    let mut issuer = shown.issuer();
    // Each step takes one certificate of the chain: one that goes round in a circle ends too.
    for _ in &others {
        match others.iter().find(|other| other.subject() == issuer) {
            Some(next) if next.issuer() != issuer => issuer = next.issuer(),
            _ => break,
        }
    }
    name(issuer)
}

fn name(name: &X509Name<'_>) -> String {
    let text = prose(&name.to_string(), NAME_CHARS_MAX);
    if text.is_empty() { "a CA without a name".to_owned() } else { text }
}

/// The names that a certificate is for, of which the first few say enough.
fn names(shown: &X509Certificate<'_>) -> String {
    const SHOWN: usize = 3;
    let listed = shown.subject_alternative_name().ok().flatten();
    let listed = listed.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    let quoted = |text: &str| format!("`{}`", prose(text, NAME_CHARS_MAX / 2));
    let named = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(quoted(name)),
        GeneralName::IPAddress([a, b, c, d]) => Some(quoted(&format!("{a}.{b}.{c}.{d}"))),
        _ => None,
    };
    let all: Vec<String> = listed.iter().filter_map(named).collect();
    match all.len() {
        0 => "no host at all".to_owned(),
        few if few <= SHOWN => all.join(", "),
        many => format!("{} and {} more", all[..SHOWN].join(", "), many - SHOWN),
    }
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}
