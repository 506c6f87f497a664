//! What a proxy says when it opens no tunnel.
//!
//! The HTTP client keeps its status to itself, and everything depends on it: what a rule forbids
//! stays forbidden, a proxy that cannot reach the host may reach it later. So it is asked once
//! more, and its answer read. Such a question is no request: no byte of one is written, and a
//! tunnel that opens after all is closed unused. Deliberately absent: proxies that are spoken to
//! over TLS.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::proxies::{Hop, Way};
use crate::defender::http_outcome::TransportFailure;
use crate::domain::Unreachable;
use crate::domain::text::prose;

/// A proxy's refusal.
pub(super) struct TunnelAnswer {
    status: u16,
    /// `403 Forbidden`.
    line: String,
    /// Ways to sign in that it offers: `Basic`, `NTLM` ...
    schemes: Vec<String>,
}

/// Most of an answer's head that is read: what a proxy's page says is not repeated.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// The longest status line that is shown.
const LINE_CHARS_MAX: usize = 80;

impl TunnelAnswer {
    /// Asks again; none where no answer comes within `limit`, or the tunnel opens now.
    pub(super) async fn ask(way: &Way, limit: Duration) -> Option<Self> {
        let hop = way.hop.as_ref().filter(|hop| hop.scheme() == "http")?;
        let head = timeout(limit, head(hop, &way.target)).await.ok()??;
        Self::read(&head).filter(|answer| !(200..300).contains(&answer.status))
    }

    fn read(head: &str) -> Option<Self> {
        let mut lines = head.lines();
        let line = lines.next()?.strip_prefix("HTTP/")?;
        let line = line.split_once(' ')?.1.trim();
        let status = line.split(' ').next()?.parse().ok()?;
        let scheme = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let is_offer = name.trim().eq_ignore_ascii_case("proxy-authenticate");
            let scheme = is_offer.then(|| value.split_whitespace().next())??;
            Some(prose(scheme.trim_end_matches(','), LINE_CHARS_MAX / 4))
        };
        let schemes = lines.filter_map(scheme).collect();
        Some(Self { status, line: prose(line, LINE_CHARS_MAX), schemes })
    }

    /// What it means for the request that was not sent.
    pub(super) fn failure(&self, way: &Way, hop: &Hop) -> TransportFailure {
        if self.status == 407 {
            let message = self.wants(hop);
            return TransportFailure::ProxyAuthentication { message };
        }
        let (place, host, line) = (hop.place(), &way.host, &self.line);
        // A rule stays; a proxy that is busy, or cannot reach the host, may be fine in a while.
        let is_rule = matches!(self.status, 400..=499) && !matches!(self.status, 408 | 425 | 429);
        let (code, message) = if is_rule {
            let message = format!(
                "the proxy `{place}` does not let this computer connect to `{host}` ({line}); ask \
                 its administrator to allow it, or name another proxy with --proxy"
            );
            ("proxy_refused", message)
        } else {
            ("proxy", format!("the proxy `{place}` could not connect to `{host}` ({line})"))
        };
        TransportFailure::NotSent { kind: Unreachable::Proxy, code, message }
    }

    fn wants(&self, hop: &Hop) -> String {
        let place = hop.place();
        let knows_basic = self.schemes.is_empty()
            || self.schemes.iter().any(|it| it.eq_ignore_ascii_case("basic"));
        if !knows_basic {
            let schemes = self.schemes.join(", ");
            return format!(
                "the proxy `{place}` wants to be signed in to by {schemes}, and this program can \
                 only do Basic; use a proxy that takes Basic or needs no sign-in"
            );
        }
        if hop.authorization().is_some() {
            format!(
                "the proxy `{place}` refused the user name or the password in its address; \
                 characters such as @ : / are written there as %40 %3A %2F"
            )
        } else {
            wants_credentials(&place)
        }
    }
}

/// What a proxy wants that says 407 without a word more.
pub(super) fn wants_credentials(place: &str) -> String {
    format!(
        "the proxy `{place}` wants a user name and a password; set \
         HTTPS_PROXY=http://USER:PASSWORD@{place}"
    )
}

/// The head of the answer, as text.
async fn head(hop: &Hop, target: &str) -> Option<String> {
    let mut stream = TcpStream::connect(hop.place()).await.ok()?;
    let authorization = hop.authorization().map(|it| format!("Proxy-Authorization: {it}\r\n"));
    let authorization = authorization.unwrap_or_default();
    let question = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 1024];
    while bytes.len() < HEAD_BYTES_MAX {
        let count = stream.read(&mut chunk).await.ok()?;
        bytes.extend_from_slice(&chunk[..count]);
        let is_whole = bytes.windows(4).any(|four| four == b"\r\n\r\n");
        if count == 0 || is_whole {
            break;
        }
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    Some(head.split("\r\n\r\n").next().unwrap_or_default().to_owned())
}
