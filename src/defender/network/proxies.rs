//! Which proxy stands before a host, so that it can be named and asked.
//!
//! The HTTP client decides this by itself, by the same rules of the same crate. Deliberately
//! absent: speaking to a proxy (`tunnel_answer`).

use std::fmt;
use std::sync::Arc;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
#[cfg(any(windows, test))]
use reqwest::NoProxy;
use reqwest::{Proxy, Url};

#[cfg(any(windows, test))]
use super::system_proxy::{InternetSettings, ListedProxy};

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
pub(super) struct Proxies {
    matcher: Option<Arc<Matcher>>,
    /// Where there is no other: what would find a proxy by itself, in words, and is not run.
    automatic: Option<Arc<str>>,
}

impl Proxies {
    pub(super) const fn none() -> Self {
        Self { matcher: None, automatic: None }
    }

    /// This proxy before every host.
    pub(super) fn one(address: &str) -> Self {
        Self::by(Matcher::builder().all(address).build())
    }

    /// Those of the environment, and of the system's settings where there are any. What the HTTP
    /// client would not find there by itself is given to it.
    pub(super) fn of_system() -> (Self, Option<Proxy>) {
        #[cfg(windows)]
        return Self::of_windows(&InternetSettings::read());
        #[cfg(not(windows))]
        (Self::by(Matcher::from_system()), None)
    }

    #[cfg(any(windows, test))]
    fn of_windows(settings: &InternetSettings) -> (Self, Option<Proxy>) {
        let found = Self::by(Matcher::from_system());
        let any_host = Url::parse("https://defender.invalid").expect("an address");
        if found.way_to(&any_host).hop.is_some() {
            return (found, None);
        }
        let listed = settings.listed().and_then(|ListedProxy { address, exceptions }| {
            let proxy = is_proxy_address(&address).then(|| Proxy::https(&address).ok())??;
            let matcher = Matcher::builder().https(address).no(exceptions.clone()).build();
            Some((Self::by(matcher), proxy.no_proxy(NoProxy::from_string(&exceptions))))
        });
        let automatic = settings.automatic().map(Arc::from);
        match listed {
            Some((proxies, proxy)) => (proxies, Some(proxy)),
            None => (Self { automatic, ..found }, None),
        }
    }

    fn by(matcher: Matcher) -> Self {
        Self { matcher: Some(Arc::new(matcher)), automatic: None }
    }

    /// The way to this address.
    pub(super) fn way_to(&self, url: &Url) -> Way {
        let name = url.host_str().unwrap_or_default();
        let with = |port: u16| format!("{name}:{port}");
        let host = url.port().map_or_else(|| name.to_owned(), with);
        let target = with(url.port_or_known_default().unwrap_or(443));
        let found = self.matcher.as_ref().and_then(|proxies| {
            let address = url.as_str().parse().ok()?;
            proxies.intercept(&address)
        });
        let automatic = self.automatic.clone();
        Way { host, target, hop: found.map(Hop), automatic }
    }
}

/// How a host is reached.
pub(super) struct Way {
    /// With its port, where the address names one.
    pub(super) host: String,
    /// Always with its port: what a proxy is asked to connect to.
    pub(super) target: String,
    pub(super) hop: Option<Hop>,
    /// Without a proxy: what would find one by itself, in words.
    pub(super) automatic: Option<Arc<str>>,
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

    /// How to come to a proxy that is only found by a program which is not run here.
    pub(super) fn with_automatic(&self, message: String) -> String {
        match &self.automatic {
            Some(automatic) => format!(
                "{message}; Windows finds its proxy by {automatic}, which is not done here: if one \
                 is needed, name it with --proxy http://HOST:PORT"
            ),
            None => message,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn way(settings: &InternetSettings) -> (Way, bool) {
        let (proxies, given) = Proxies::of_windows(settings);
        let api = Url::parse("https://api.security.microsoft.com/api/machines").unwrap();
        (proxies.way_to(&api), given.is_some())
    }

    #[test]
    fn a_list_by_scheme_is_given_to_the_client_with_its_exceptions() {
        let server = Some("http=a:80;https=b:8080".to_owned());
        let mut settings = InternetSettings { server, ..InternetSettings::default() };
        let (found, given) = way(&settings);
        assert_eq!((found.hop.unwrap().place(), given), ("b:8080".to_owned(), true));
        settings.exceptions = "*.microsoft.com;<local>".to_owned();
        let (found, given) = way(&settings);
        assert!(found.hop.is_none() && given, "it is an exception");
    }

    #[test]
    fn what_finds_a_proxy_by_itself_is_told_where_no_other_one_is() {
        let script = Some("http://pac.contoso.com/proxy.pac".to_owned());
        let mut settings = InternetSettings { script, ..InternetSettings::default() };
        let said = way(&settings).0.with_automatic("no connection".to_owned());
        let told = "no connection; Windows finds its proxy by the PAC file \
                    http://pac.contoso.com/proxy.pac, which is not done here";
        assert!(said.starts_with(told) && said.ends_with("--proxy http://HOST:PORT"), "{said}");
        settings.server = Some("https=b:8080".to_owned());
        assert_eq!(way(&settings).0.with_automatic("no".to_owned()), "no");
        let said = way(&InternetSettings::default()).0.with_automatic("no".to_owned());
        assert_eq!(said, "no");
    }
}
