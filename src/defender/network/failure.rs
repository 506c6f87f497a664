//! From reqwest's errors to what they prove.
//!
//! The one question that matters is whether the request may have been processed. An error of the
//! connector (name, connection, tunnel, TLS handshake) is proof that no byte of it was written.
//! Over HTTP/2 a server can say itself that it did nothing, see [`turned_away`]. Everything else
//! stays in doubt. Words are never read for it, types are. Words only tell, of what is proven, what
//! waiting will not change: a name that does not exist.
//!
//! Each message is one sentence that names the host, the proxy before it and the cause, and no
//! layer between.

use std::error::Error;
use std::io;
use std::iter;
use std::time::Duration;

use h2::Reason;
use rustls::{AlertDescription, CertificateError};

use super::certificate_refusal::CertificateRefusal;
use super::proxies::{Hop, Way};
use super::tunnel_answer::wants_credentials;
use crate::defender::http_outcome::{BrokenBody, TransportFailure};
use crate::domain::{Span, Unreachable};

/// `limits` are those of the connection and of the whole request.
pub(super) fn failure(
    error: &reqwest::Error,
    way: &Way,
    limits: (Duration, Duration),
) -> TransportFailure {
    let (host, end, next) = (&way.host, way.end(), way.next());
    if let Some(code) = turned_away(error) {
        let message = format!("{end} closed the connection before it began the request");
        return not_sent(Unreachable::Connect, code, message);
    }
    if !error.is_connect() {
        return no_answer(error, way, limits.1);
    }
    let step = if way.hop.is_some() { Unreachable::Proxy } else { Unreachable::Connect };
    // Also the proxy's own name.
    if error.is_dns() {
        return not_resolved(error, way);
    }
    if let Some(words) = causes(error).find_map(|cause| tunnel(&cause.to_string())) {
        let place = way.hop.as_ref().map(Hop::place).unwrap_or_default();
        if words == "proxy authorization required" {
            let message = wants_credentials(&place);
            return TransportFailure::ProxyAuthentication { message };
        }
        let what = match words.as_str() {
            "unsuccessful" => format!("did not connect to `{host}`"),
            "unexpected end of file" => format!("hung up when asked to connect to `{host}`"),
            _ => format!("was asked to connect to `{host}`, and its answer broke off"),
        };
        return not_sent(Unreachable::Proxy, "proxy", format!("the proxy `{place}` {what}"));
    }
    if error.is_timeout() {
        let message = format!("no connection to {end} within {}", Span(limits.0));
        let message = way.with_automatic(with_plain_proxy(message, way));
        return not_sent(step, "timeout", message);
    }
    if let Some(error) = cause_of::<rustls::Error>(error) {
        return handshake(error, way);
    }
    match io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => {
            let message = way.with_automatic(format!("{next} refused the connection"));
            not_sent(step, "connection_refused", message)
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => {
            let message = format!("the connection to {end} was cut before the request was sent");
            not_sent(step, "connection_reset", way.with_automatic(message))
        }
        // A peer that hangs up in the handshake.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
            let message = format!("{end} hung up in the TLS handshake");
            not_sent(Unreachable::Tls, "tls", with_plain_proxy(message, way))
        }
        _ => {
            let message = format!("no connection to {next}: {}", words(error));
            not_sent(step, "no_route", way.with_automatic(message))
        }
    }
}

fn not_sent(kind: Unreachable, code: &'static str, message: String) -> TransportFailure {
    TransportFailure::NotSent { kind, code, message }
}

fn no_answer(error: &reqwest::Error, way: &Way, limit: Duration) -> TransportFailure {
    /// hyper's words for no more than that; its type is not to be had.
    const ENDED: &str = "connection closed before message completed";
    let end = way.end();
    if error.is_timeout() {
        let message = format!("no answer from {end} within {}", Span(limit));
        return TransportFailure::NoAnswer { code: "timeout", message };
    }
    let cause = match (io_kind(error), words(error)) {
        (Some(kind), _) if is_reset(kind) || kind == io::ErrorKind::UnexpectedEof => String::new(),
        (None, words) if words == ENDED => String::new(),
        (_, words) => format!(": {words}"),
    };
    let message = format!("the connection to {end} ended without an answer{cause}");
    TransportFailure::NoAnswer { code: "connection_reset", message }
}

fn not_resolved(error: &reqwest::Error, way: &Way) -> TransportFailure {
    let whose = match way.hop {
        Some(_) => format!("of {}", way.next()),
        None => way.next(),
    };
    let is_unknown = io_error(error).is_some_and(is_no_such_host) || is_unknown(&words(error));
    let (code, message) = if is_unknown {
        ("name_unknown", format!("the host name {whose} does not exist; check it, and the VPN"))
    } else {
        let message = format!("the host name {whose} was not resolved; check the network");
        ("name_not_resolved", message)
    };
    not_sent(Unreachable::Name, code, way.with_automatic(message))
}

/// A proxy that is to be spoken to in TLS.
fn tls_hop(way: &Way) -> Option<&Hop> {
    way.hop.as_ref().filter(|hop| hop.scheme() == "https")
}

/// Few proxies are spoken to in TLS; `https` in an address is mostly meant for what goes through.
fn plain_proxy(hop: &Hop) -> String {
    let place = hop.place();
    format!(
        "its address begins with https://, but most proxies are spoken to in plain text, also for \
         https: write http://{place} in --proxy or HTTPS_PROXY"
    )
}

fn with_plain_proxy(message: String, way: &Way) -> String {
    match tls_hop(way) {
        Some(hop) => format!("{message}; if that is a plain proxy: {}", plain_proxy(hop)),
        None => message,
    }
}

/// What TLS found wrong, before the request.
fn handshake(error: &rustls::Error, way: &Way) -> TransportFailure {
    use rustls::Error as E;
    let end = way.end();
    let before = match &way.hop {
        Some(hop) => format!("through the proxy `{}`, ", hop.place()),
        None => String::new(),
    };
    if let (Some(hop), E::InvalidMessage(_)) = (tls_hop(way), error) {
        let place = hop.place();
        let message = format!("the proxy `{place}` does not answer in TLS; {}", plain_proxy(hop));
        return not_sent(Unreachable::Proxy, "proxy_refused", message);
    }
    let (code, message) = match error {
        E::InvalidCertificate(CertificateError::Other(other)) => {
            match other.0.downcast_ref::<CertificateRefusal>() {
                Some(refusal) => ("certificate", format!("{before}{refusal}")),
                None => ("certificate", format!("the certificate of {end} cannot be used")),
            }
        }
        E::InvalidCertificate(error) => {
            ("certificate", format!("the certificate of {end} cannot be used: {error}"))
        }
        E::AlertReceived(alert) => {
            let code = if is_final(*alert) { "tls_refused" } else { "tls" };
            (code, format!("{end} refused the TLS handshake ({alert:?})"))
        }
        E::PeerIncompatible(_) => {
            let message = format!(
                "{end} does not speak TLS 1.2 or later in a way that this program does; the server \
                 or a proxy before it is too old"
            );
            ("tls_refused", message)
        }
        E::InvalidMessage(_) => ("tls", format!("what {end} answers is not TLS")),
        other => ("tls", format!("the TLS handshake with {end} failed: {other}")),
    };
    not_sent(Unreachable::Tls, code, message)
}

/// Alerts that say that this client is not wanted as it is.
const fn is_final(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity
            | AlertDescription::AccessDenied
            | AlertDescription::UnrecognisedName
            | AlertDescription::NoApplicationProtocol
            | AlertDescription::CertificateRequired
    )
}

/// The server's word over HTTP/2 that it has not begun the request and never will.
///
/// A `GOAWAY` names the last stream that the server may process (RFC 9113, section 6.8). The number
/// is not in the error, but h2 gives that error only to streams beyond it, and to requests that
/// found the connection going away and were not begun; a request up to that number gets its answer,
/// or an error of the connection. Tests over a real socket hold this, since it is h2's inside.
///
/// A `GOAWAY` because of an error is not believed: a server that has lost its way may have lost its
/// count too. Neither is what h2 itself says of a server's frames, nor `REFUSED_STREAM`: there are
/// gateways that say it of requests that they have passed on.
fn turned_away(error: &reqwest::Error) -> Option<&'static str> {
    let error = causes(error).find_map(|cause| cause.downcast_ref::<h2::Error>())?;
    let goodbye = error.is_remote() && error.is_go_away();
    (goodbye && error.reason() == Some(Reason::NO_ERROR)).then_some("going_away")
}

/// Why a body is not whole, although its status line came.
pub(super) fn cut(error: &reqwest::Error, way: &Way, limit: Duration) -> BrokenBody {
    let end = way.end();
    let (code, cause) = if error.is_timeout() {
        ("timeout", format!("the rest did not come within {}", Span(limit)))
    } else if io_kind(error).is_some_and(is_reset) {
        ("connection_reset", "the connection was cut".to_owned())
    } else {
        ("unreadable_body", words(error))
    };
    BrokenBody { code, message: format!("the answer of {end} is not whole: {cause}") }
}

const fn is_reset(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

/// What a tunnel's error says of the tunnel itself; none where the connection to the proxy failed,
/// whose error is the cause. Its type is private; tests over real sockets hold its words.
fn tunnel(text: &str) -> Option<String> {
    let words = text.strip_prefix("tunnel error: ")?;
    (words != "failed to create underlying connection").then(|| words.to_owned())
}

/// Each error below the outermost one.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| inner(cause))
}

fn cause_of<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// An `io::Error` that was made from another error hides that one from `source`.
fn inner<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|error| error as _).or_else(|| cause.source())
}

/// The innermost error of the system.
fn io_error(error: &reqwest::Error) -> Option<&io::Error> {
    causes(error).filter_map(|cause| cause.downcast_ref()).last()
}

/// The innermost error of the system that has a meaning of its own.
fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let kinds = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.map(io::Error::kind).filter(|kind| *kind != io::ErrorKind::Other).last()
}

/// The innermost words, which name the cause; the outer ones only say "error sending request" and
/// repeat the URL.
fn words(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "no cause was given".to_owned(), ToString::to_string)
}

/// The words of glibc and macOS for a name that does not exist. Without a network glibc says
/// "temporary failure".
fn is_unknown(words: &str) -> bool {
    const UNKNOWN: [&str; 2] = ["Name or service not known", "nodename nor servname provided"];
    UNKNOWN.iter().any(|unknown| words.contains(unknown))
}

/// The same on Windows, whose words are in the user's language; also without a network.
fn is_no_such_host(error: &io::Error) -> bool {
    const HOST_NOT_FOUND: i32 = 11001;
    cfg!(windows) && error.raw_os_error() == Some(HOST_NOT_FOUND)
}
