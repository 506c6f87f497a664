//! Which proxy stands before a host, so that it can be named and asked.
//!
//! The HTTP client decides this by itself, by the same rules of the same crate. Deliberately
//! absent: speaking to a proxy (`tunnel_answer`).

use std::fmt;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

/// Whether an address is one of a proxy: a host after `http`, `https` or no scheme, with nothing
/// behind it. The HTTP client would leave out a proxy that it does not understand, and take what
/// stands before a slash in a password for the host. SOCKS is told apart later.
pub fn is_proxy_address(address: &str) -> bool {
    let text = address.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let Ok(url) = Url::parse(&whole) else { return false };
    let is_known = matches!(url.scheme(), "http" | "https") || url.scheme().starts_with("socks");
    let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
    is_known
        && is_bare
        && url.fragment().is_none()
        && url.host_str().is_some_and(|it| !it.is_empty())
}

/// The proxies of one connection. Clones share them.
#[derive(Clone)]
pub(super) struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// This proxy before every host.
    pub(super) fn one(address: &str) -> Self {
        Self(Some(Arc::new(Matcher::builder().all(address).build())))
    }

    /// Those of the environment, and of the system's settings where there are any.
    pub(super) fn of_system() -> Self {
        Self(Some(Arc::new(Matcher::from_system())))
    }

    /// The way to this address.
    pub(super) fn way_to(&self, url: &Url) -> Way {
        let name = url.host_str().unwrap_or_default();
        let with = |port: u16| format!("{name}:{port}");
        let host = url.port().map_or_else(|| name.to_owned(), with);
        let target = with(url.port_or_known_default().unwrap_or(443));
        let found = self.0.as_ref().and_then(|proxies| {
            let address = url.as_str().parse().ok()?;
            proxies.intercept(&address)
        });
        Way { host, target, hop: found.map(Hop) }
    }
}

/// How a host is reached.
pub(super) struct Way {
    /// With its port, where the address names one.
    pub(super) host: String,
    /// Always with its port: what a proxy is asked to connect to.
    pub(super) target: String,
    pub(super) hop: Option<Hop>,
}

/// A proxy on the way.
pub(super) struct Hop(Intercept);

impl Hop {
    pub(super) fn scheme(&self) -> &str {
        self.0.uri().scheme_str().unwrap_or("http")
    }

    /// A kind of proxy that the HTTP client would talk to in the wrong language.
    pub(super) fn is_socks(&self) -> bool {
        self.scheme().starts_with("socks")
    }

    /// Host and port, without a password.
    pub(super) fn place(&self) -> String {
        let uri = self.0.uri();
        let default = if self.scheme() == "https" { 443 } else { 80 };
        format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(default))
    }

    /// The value of the header that signs in to it, where its address has a user.
    pub(super) fn authorization(&self) -> Option<&str> {
        self.0.basic_auth().and_then(|value| value.to_str().ok())
    }
}

impl Way {
    /// `api.example`, or `api.example` through the proxy.
    pub(super) fn end(&self) -> String {
        format!("`{}`{}", self.host, self.via())
    }

    /// ` through the proxy`, where there is one.
    pub(super) fn via(&self) -> String {
        let via = |hop: &Hop| format!(" through the proxy `{}`", hop.place());
        self.hop.as_ref().map(via).unwrap_or_default()
    }

    /// Whom a connection is opened to: the host, or the proxy before it.
    pub(super) fn next(&self) -> String {
        match &self.hop {
            Some(hop) => format!("the proxy `{}` (for `{}`)", hop.place(), self.host),
            None => format!("`{}`", self.host),
        }
    }
}

/// Without what signs in to it.
impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hop").field(&self.place()).finish()
    }
}
