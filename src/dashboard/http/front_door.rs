//! Which requests are answered at all.
//!
//! The address with its token is the only key, so nothing else may come by it: no other site in
//! the browser (a page that guesses, frames, posts, or has a name that leads to this computer), and
//! no other user of this computer. What is refused gets a status and nothing else, and whether the
//! token was right is looked at last, so that a refusal says nothing about it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, header};

use super::PageToken;

/// Longest address that is read, in bytes: the longest query of our own has a third of it.
const ADDRESS_BYTES_MAX: usize = 4096;

/// The first part of a path that opens the page in a browser.
const LAUNCH: &str = "open";

/// A key for the browser that `--open` starts: other users of a computer may see what a program is
/// started with, so that address leads to the page once.
#[derive(Debug)]
pub(in crate::dashboard) struct LaunchKey {
    key: PageToken,
    is_used: AtomicBool,
}

#[derive(Debug)]
pub(in crate::dashboard) struct FrontDoor {
    token: PageToken,
    launch: Option<LaunchKey>,
    /// Names of this server, as a browser writes them.
    hosts: Vec<String>,
}

/// What may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) enum Admitted {
    /// The way to a page, below the token and without it: `/batch/3/`.
    Page(String),
    /// The way of the browser that was started: on to this path.
    Launch(String),
}

impl LaunchKey {
    pub(in crate::dashboard) fn random() -> Result<Self, getrandom::Error> {
        Ok(Self { key: PageToken::random()?, is_used: AtomicBool::new(false) })
    }

    /// Whether a text is this key, for the first time. `HEAD` asks without using it up.
    fn opens(&self, text: &str, method: &Method) -> bool {
        self.key.is(text)
            && if method == Method::GET {
                !self.is_used.swap(true, Ordering::SeqCst)
            } else {
                !self.is_used.load(Ordering::SeqCst)
            }
    }

    /// Where the browser is sent to, on this server.
    pub(in crate::dashboard) fn path(&self) -> String {
        format!("/{LAUNCH}/{}", self.key.as_str())
    }
}

impl FrontDoor {
    /// For a server on this address of the loopback.
    pub(in crate::dashboard) fn new(
        token: PageToken,
        launch: Option<LaunchKey>,
        address: SocketAddr,
    ) -> Self {
        let (ip, port) = (address.ip(), address.port());
        let mut hosts = vec![format!("{ip}:{port}"), format!("localhost:{port}")];
        if port == 80 {
            // A browser leaves out the port that is the usual one.
            hosts.extend([ip.to_string(), "localhost".to_owned()]);
        }
        Self { token, launch, hosts }
    }

    /// The start of every path of the server.
    pub(in crate::dashboard) fn home(&self) -> String {
        format!("/{}/", self.token.as_str())
    }

    /// # Errors
    /// The status of the refusal.
    pub(in crate::dashboard) fn admit(&self, request: &Parts) -> Result<Admitted, StatusCode> {
        if !self.is_own_host(request) || !self.is_own_origin(request) || is_from_elsewhere(request)
        {
            return Err(StatusCode::FORBIDDEN);
        }
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        let address = request.uri.path_and_query().map_or(0, |it| it.as_str().len());
        if address > ADDRESS_BYTES_MAX {
            return Err(StatusCode::NOT_FOUND);
        }
        let path = request.uri.path().strip_prefix('/').unwrap_or_default();
        let (first, rest) = path.split_once('/').ok_or(StatusCode::NOT_FOUND)?;
        if self.token.is(first) {
            return Ok(Admitted::Page(format!("/{rest}")));
        }
        let launch = self.launch.as_ref().filter(|_| first == LAUNCH);
        if launch.is_some_and(|launch| launch.opens(rest, &request.method)) {
            return Ok(Admitted::Launch(self.home()));
        }
        Err(StatusCode::NOT_FOUND)
    }

    /// One `Host`, and one of ours: a name that somebody made lead to this computer is not.
    fn is_own_host(&self, request: &Parts) -> bool {
        let ours = |host: &str| self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
        let named = request.uri.authority().is_none_or(|authority| ours(authority.as_str()));
        let mut hosts = request.headers.get_all(header::HOST).iter();
        let (first, second) = (hosts.next(), hosts.next());
        let host = first.and_then(|host| host.to_str().ok());
        named && second.is_none() && host.is_some_and(ours)
    }

    fn is_own_origin(&self, request: &Parts) -> bool {
        let mut origins = request.headers.get_all(header::ORIGIN).iter();
        origins.all(|origin| {
            let host = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
            host.is_some_and(|host| self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)))
        })
    }
}

/// Whether a browser says that another page asks for this. A link that was followed is no such
/// page: it becomes a window of its own. Another port of this computer is the same *site*, and is
/// refused as well.
fn is_from_elsewhere(request: &Parts) -> bool {
    let words = |name: &'static str| {
        let value = request.headers.get(HeaderName::from_static(name));
        value.map_or("", |value| value.to_str().unwrap_or("?"))
    };
    match words("sec-fetch-site") {
        // An older browser and what is no browser say nothing.
        "" | "same-origin" | "none" => false,
        _ => words("sec-fetch-mode") != "navigate" || words("sec-fetch-dest") != "document",
    }
}
