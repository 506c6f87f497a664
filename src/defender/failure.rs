//! From reqwest's errors to what they prove.
//!
//! The one question that matters is whether the request may have been processed. An error of the
//! connector (name, connection, tunnel, TLS handshake) is proof that no byte of it was written.
//! Over HTTP/2 a server can say itself that it did nothing, see [`turned_away`]. Everything else
//! stays in doubt. Words are never read for it, types are. Words only tell, of what is proven, what
//! waiting will not change: a certificate that is not trusted, a name that does not exist.

use std::error::Error;
use std::io;
use std::iter;

use h2::Reason;

use crate::defender::http_outcome::{BrokenBody, TransportFailure};
use crate::domain::Unreachable;

pub(super) fn failure(error: &reqwest::Error) -> TransportFailure {
    let not_sent = |kind, code, what: &str| TransportFailure::NotSent {
        kind,
        code,
        message: format!("{what}: {}", words(error)),
    };
    if let Some(code) = turned_away(error) {
        return not_sent(Unreachable::Connect, code, "the server turned the request away");
    }
    if !error.is_connect() {
        let code = if error.is_timeout() { "timeout" } else { "connection_reset" };
        let message = format!("no answer: {}", words(error));
        return TransportFailure::NoAnswer { code, message };
    }
    // Also the proxy's own name.
    if error.is_dns() {
        let code = if is_unknown(&words(error)) { "name_unknown" } else { "name_not_resolved" };
        let message = format!("the name was not resolved{}: {}", asked(error), words(error));
        return TransportFailure::NotSent { kind: Unreachable::Name, code, message };
    }
    if let Some(tunnel) = causes(error).map(ToString::to_string).find(|text| is_tunnel(text)) {
        if tunnel.ends_with("proxy authorization required") {
            let message = "the proxy wants credentials; give them with --proxy".to_owned();
            return TransportFailure::ProxyAuthentication { message };
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
        Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
            if is_certificate(&words(error)) =>
        {
            let what = "the server's certificate is not trusted; where a proxy opens TLS, give \
                        its authority with --ca-file";
            not_sent(Unreachable::Tls, "certificate", what)
        }
        Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
            not_sent(Unreachable::Tls, "tls", "the TLS handshake failed")
        }
        _ => not_sent(Unreachable::Connect, "no_route", "no connection"),
    }
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
pub(super) fn cut(error: &reqwest::Error) -> BrokenBody {
    let code = if error.is_timeout() {
        "timeout"
    } else if io_kind(error).is_some_and(is_reset) {
        "connection_reset"
    } else {
        "unreadable_body"
    };
    BrokenBody { code, message: format!("the answer is not whole: {}", words(error)) }
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

/// rustls' words for a certificate that it does not take.
fn is_certificate(words: &str) -> bool {
    words.starts_with("invalid peer certificate")
}

/// The words of glibc, macOS and Windows for a name that does not exist. Without a network they say
/// "temporary failure" (glibc), or the same as here (Windows).
fn is_unknown(words: &str) -> bool {
    const UNKNOWN: [&str; 3] =
        ["Name or service not known", "nodename nor servname provided", "No such host is known"];
    UNKNOWN.iter().any(|unknown| words.contains(unknown))
}

/// The host that was asked for; the name may be that of the proxy before it.
fn asked(error: &reqwest::Error) -> String {
    let host = error.url().and_then(|url| url.host_str());
    host.map(|host| format!(" (for `{host}`)")).unwrap_or_default()
}
