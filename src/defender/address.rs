//! The two hosts this program talks to, parsed once.
//!
//! `cli` parses them from options and configuration; every URL of a request begins with one of
//! them. Deliberately absent: which cloud has which host (`endpoints`).

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::domain::Advice;
use crate::domain::text::is_guid;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("`{0}` is not an address")]
    NotAnAddress(String),
    /// Plain http to another machine: the token would be readable on the way.
    #[error("`{0}` is plain http, which is taken only for 127.0.0.1, [::1] and localhost")]
    Plain(String),
    #[error("`{0}` is not https")]
    Scheme(String),
    /// A user name or a password inside; the address is not repeated for that reason.
    #[error("the address holds a user name or a password")]
    Credentials,
    /// More than the base address: a part that is appended here, or something below it.
    #[error("`{text}` is more than the base address, which is {base}")]
    MoreThanBase {
        text: String,
        /// What is left without the path that is too much.
        base: String,
        /// What is appended.
        appended: &'static str,
    },
    /// A query or a fragment: nothing could be appended to it.
    #[error("`{0}` has a query or a fragment")]
    Query(String),
}

impl AddressError {
    /// What to do about it.
    pub fn hint(&self) -> Advice {
        let advice = match self {
            Self::MoreThanBase { base, appended, .. } => {
                return format!("give {base}: {appended} is appended to it").into();
            }
            Self::NotAnAddress(_) => "an address is like https://api.security.microsoft.com",
            Self::Credentials => "give it without",
            Self::Query(_) => "give the base address only",
            Self::Plain(_) | Self::Scheme(_) => "write it with https://",
        };
        advice.into()
    }
}

/// A base address: https, or plain http to this machine; nothing but scheme, host, port and path.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Base {
    /// Without a trailing slash.
    text: String,
    url: Url,
}

impl Base {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| AddressError::NotAnAddress(text.to_owned()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressError::NotAnAddress(text.to_owned()));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(AddressError::Plain(text.to_owned())),
            _ => return Err(AddressError::Scheme(text.to_owned())),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query(text.to_owned()));
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { text, url })
    }

    /// Refuses a path with a part in it that is `ours`, naming the address up to there.
    fn refuse_from(
        &self,
        ours: impl Fn(&str) -> bool,
        appended: &'static str,
    ) -> Result<(), AddressError> {
        let parts: Vec<&str> = self.url.path().split('/').filter(|it| !it.is_empty()).collect();
        let Some(place) = parts.iter().position(|part| ours(part)) else { return Ok(()) };
        let mut base = self.url.clone();
        base.set_path(&parts[..place].join("/"));
        let base = base.as_str().trim_end_matches('/').to_owned();
        Err(AddressError::MoreThanBase { text: self.text.clone(), base, appended })
    }

    fn join(&self, path: &str) -> Url {
        let text = format!("{}{path}", self.text);
        Url::parse(&text).expect("a base address with a path of ours is a URL")
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.trim_end_matches('.') == "localhost"
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Base address of the API; `/api/machines/...` is appended to it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApiUrl(Base);

/// Base address of the sign-in; `/TENANT/oauth2/v2.0/token` is appended to it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AuthorityUrl(Base);

macro_rules! base_address {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0.text
            }

            /// Whether it is this machine: a rehearsal, never the real service.
            pub fn is_loopback(&self) -> bool {
                is_loopback(&self.0.url)
            }

            /// The address with a path (and query) appended, which begins with a slash.
            pub(super) fn join(&self, path: &str) -> Url {
                self.0.join(path)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0.text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.text)
            }
        }
    };
}

base_address!(ApiUrl);
base_address!(AuthorityUrl);

/// Whether a part of a path is a tenant (an ID, a domain, a word for several), or of the protocol.
fn is_below_authority(part: &str) -> bool {
    const WORDS: [&str; 5] = ["common", "organizations", "consumers", "oauth2", "v2.0"];
    is_guid(part) || part.contains('.') || WORDS.iter().any(|it| part.eq_ignore_ascii_case(it))
}

impl ApiUrl {
    /// Reads https, or plain http to this machine, without user name, query or fragment, and
    /// without `/api`, at which Microsoft's pages often end the address.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let base = Base::parse(text)?;
        base.refuse_from(|part| part.eq_ignore_ascii_case("api"), "/api/...")?;
        Ok(Self(base))
    }

    /// The host's name, in lower case and without the dot of an absolute name.
    pub fn host(&self) -> &str {
        self.0.url.host_str().expect("a base address has a host").trim_end_matches('.')
    }
}

impl AuthorityUrl {
    /// Reads https, or plain http to this machine, without user name, query or fragment, and
    /// without a tenant, with which many pages end the address.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let base = Base::parse(text)?;
        base.refuse_from(is_below_authority, "/TENANT/oauth2/...")?;
        Ok(Self(base))
    }
}
