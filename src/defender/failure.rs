//! From reqwest's errors to what they prove.
//!
//! The one question that matters is whether a byte of the request may have been written. Only an
//! error of the connector (name, connection, tunnel, TLS handshake) is proof that none was;
//! everything else stays in doubt. HTTP/2's `REFUSED_STREAM` and `GOAWAY` would be proof too, but
//! reqwest does not show them, and their words are no ground to send a POST twice.

use std::error::Error;
use std::io;
use std::iter;

use super::seen::{Cut, Failure};
use crate::domain::Unreachable;

/// Why no status line came.
pub(super) fn failure(error: &reqwest::Error) -> Failure {
    if !error.is_connect() {
        let code = if error.is_timeout() { "timeout" } else { "connection_reset" };
        let message = format!("no answer: {}", words(error));
        return Failure::NoAnswer { code, message };
    }
    let not_sent = |kind, code, what: &str| Failure::NotSent {
        kind,
        code,
        message: format!("{what}: {}", words(error)),
    };
    // Also the proxy's own name.
    if error.is_dns() {
        return not_sent(Unreachable::Name, "name_not_resolved", "the name was not resolved");
    }
    if let Some(tunnel) = causes(error).map(ToString::to_string).find(|text| is_tunnel(text)) {
        if tunnel.ends_with("proxy authorization required") {
            let message = "the proxy wants credentials; give them with --proxy".to_owned();
            return Failure::ProxyAuthentication { message };
        }
        return not_sent(Unreachable::Proxy, "proxy", "the proxy did not open a tunnel");
    }
    if error.is_timeout() {
        return not_sent(Unreachable::Connect, "timeout", "no connection in time");
    }
    match io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => {
            not_sent(Unreachable::Connect, "connection_refused", "the connection was refused")
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => {
            not_sent(Unreachable::Connect, "connection_reset", "the connection was cut")
        }
        // The handshake reports its own errors as unreadable data, and a peer that hangs up in it
        // as an end of file.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
            not_sent(Unreachable::Tls, "tls", "the TLS handshake failed")
        }
        _ => not_sent(Unreachable::Connect, "no_route", "no connection"),
    }
}

/// Why a body is not whole, although its status line came.
pub(super) fn cut(error: &reqwest::Error) -> Cut {
    let code = if error.is_timeout() {
        "timeout"
    } else if io_kind(error).is_some_and(is_reset) {
        "connection_reset"
    } else {
        "unreadable_body"
    };
    Cut { code, message: format!("the answer is not whole: {}", words(error)) }
}

fn is_reset(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

/// The tunnel's error type is private; a test over a real socket holds its words.
fn is_tunnel(text: &str) -> bool {
    text.starts_with("tunnel error: ")
}

/// Each error below the outermost one.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| inner(cause))
}

/// An `io::Error` that was made from another error hides that one from `source`.
fn inner<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|error| error as _).or_else(|| cause.source())
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
