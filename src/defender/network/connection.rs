//! One pinned host over reqwest: a request goes out once, and what comes is an [`HttpOutcome`].
//!
//! Used for the API and for the sign-in, each with a connection of its own. Deliberately absent:
//! redirects, retries, cookies, the token (the request is built with it).

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Proxy, RequestBuilder, Response, Url};

use super::ca_file::{CaFileError, certificates};
use super::failure::{cut, failure};
use super::proxies::{Hop, Proxies, Way, is_proxy_address};
use super::traffic::{Bodies, Exchange};
use super::trust::tls_config;
use super::tunnel_answer::TunnelAnswer;
use crate::defender::http_outcome::{BrokenBody, HttpAnswer, HttpOutcome, TransportFailure};
use crate::defender::secrets::Secrets;
use crate::domain::{TimeSource, Unreachable};

#[derive(Clone, Copy)]
pub(in crate::defender) struct NetworkRoute<'a> {
    /// For the whole request, from the first byte of the connection to the last one of the body.
    pub(in crate::defender) timeout: Duration,
    /// Whether the host is this machine: no proxy stands before it.
    pub(in crate::defender) is_loopback: bool,
    /// Address of a proxy; none: the system's.
    pub(in crate::defender) proxy: Option<&'a str>,
    /// Certificates that are trusted beside the system's, as a file has them.
    pub(in crate::defender) ca_file: Option<&'a [u8]>,
    /// What the log may hold of what is sent and answered.
    pub(in crate::defender) bodies: Bodies,
    /// By which it says how long an answer took.
    pub(in crate::defender) clock: &'a TimeSource,
}

#[derive(Debug, thiserror::Error)]
pub(in crate::defender) enum RouteError {
    #[error("the proxy's address is not a URL; like http://proxy.example:8080")]
    Proxy,
    #[error(transparent)]
    CaFile(#[from] CaFileError),
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

#[derive(Clone)]
pub(in crate::defender) struct Connection {
    client: Client,
    timeout: Duration,
    proxies: Proxies,
    secrets: Secrets,
    bodies: Bodies,
    clock: TimeSource,
}

/// An idle connection is not used again after this time. A request on a connection that the other
/// side (or a firewall between) has closed meanwhile ends in doubt, which costs minutes; a new
/// handshake costs a tenth of a second.
const IDLE_MAX: Duration = Duration::from_secs(20);

impl Connection {
    /// `secrets` are those that must not be repeated from what is seen.
    pub(in crate::defender) fn new(
        route: NetworkRoute<'_>,
        secrets: &Secrets,
    ) -> Result<Self, RouteError> {
        let authorities = route.ca_file.map(certificates).transpose()?.unwrap_or_default();
        let tls = tls_config(authorities).map_err(|error| RouteError::Client(error.to_string()))?;
        let mut builder = ClientBuilder::new()
            .user_agent(concat!("mde-offboard/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .https_only(!route.is_loopback)
            .tls_backend_preconfigured(tls)
            .pool_idle_timeout(IDLE_MAX)
            .connect_timeout(connect_limit(route.timeout));
        let proxies = if route.is_loopback {
            builder = builder.no_proxy();
            Proxies::none()
        } else if let Some(proxy) = route.proxy {
            if !is_proxy_address(proxy) {
                return Err(RouteError::Proxy);
            }
            builder = builder.proxy(Proxy::all(proxy).map_err(|_| RouteError::Proxy)?);
            Proxies::one(proxy)
        } else {
            let (proxies, given) = Proxies::of_system();
            builder = given.into_iter().fold(builder, ClientBuilder::proxy);
            proxies
        };
        let client = builder.build().map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            RouteError::Client(cause.unwrap_or_default())
        })?;
        let NetworkRoute { timeout, bodies, .. } = route;
        let (secrets, clock) = (secrets.clone(), route.clock.clone());
        Ok(Self { client, timeout, proxies, secrets, bodies, clock })
    }

    /// The proxy before an address, without a password; none: it is asked directly.
    pub(in crate::defender) fn proxy_before(&self, url: &Url) -> Option<String> {
        self.proxies.way_to(url).hop.as_ref().map(Hop::place)
    }

    /// What would find a proxy before an address by itself, in words, and is not run here.
    pub(in crate::defender) fn automatic_proxy(&self, url: &Url) -> Option<String> {
        self.proxies.way_to(url).automatic.map(|it| it.to_string())
    }

    pub(in crate::defender) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(in crate::defender) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request once and reads its answer, of which at most `body_bytes_max` after decoding.
    pub(in crate::defender) async fn send(
        &self,
        request: RequestBuilder,
        body_bytes_max: usize,
    ) -> HttpOutcome {
        let request = match request.timeout(self.timeout).build() {
            Ok(request) => request,
            Err(error) => return HttpOutcome::Failed(unsendable(&error).without(&self.secrets)),
        };
        let way = self.proxies.way_to(request.url());
        let exchange = Exchange::begin(&request, &way, (&self.clock, &self.secrets, self.bodies));
        if let Some(hop) = way.hop.as_ref().filter(|hop| hop.is_socks()) {
            return self.failed(&exchange, not_spoken(hop));
        }
        match self.client.execute(request).await {
            Ok(response) => {
                let request_id = exchange.answered(response.headers());
                let answer = self.read(response, &way, body_bytes_max).await;
                exchange.read(&answer, request_id.as_deref());
                HttpOutcome::Answered(answer)
            }
            Err(error) => {
                let limits = (connect_limit(self.timeout), self.timeout);
                let seen = failure(&error, &way, limits);
                self.failed(&exchange, explained(seen, &way, limits.0).await)
            }
        }
    }

    fn failed(&self, exchange: &Exchange<'_>, failure: TransportFailure) -> HttpOutcome {
        let failure = failure.without(&self.secrets);
        exchange.failed(&failure);
        HttpOutcome::Failed(failure)
    }

    async fn read(&self, response: Response, way: &Way, body_bytes_max: usize) -> HttpAnswer {
        let header = |name: HeaderName| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let target = header(LOCATION).and_then(|location| response.url().join(&location).ok());
        let redirect_host = target.and_then(|target| target.host_str().map(str::to_owned));
        HttpAnswer {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE),
            retry_after: header(RETRY_AFTER),
            date: header(DATE),
            redirect_host,
            body: whole_body(response, body_bytes_max, |error| cut(error, way, self.timeout)).await,
            secrets: self.secrets.clone(),
        }
    }
}

/// Shorter than the whole, so that a connection that does not come about is told apart from an
/// answer that does not come: the first is certain to have had no effect.
fn connect_limit(timeout: Duration) -> Duration {
    timeout / 2
}

/// A request that cannot even be written down was not sent.
fn unsendable(error: &reqwest::Error) -> TransportFailure {
    let message = format!("the request cannot be made: {error}");
    TransportFailure::NotSent { kind: Unreachable::Connect, code: "no_route", message }
}

fn not_spoken(hop: &Hop) -> TransportFailure {
    let message = format!(
        "the proxy `{}` is a SOCKS proxy, which this program cannot use; name an HTTP proxy with \
         --proxy or HTTPS_PROXY",
        hop.place()
    );
    TransportFailure::NotSent { kind: Unreachable::Proxy, code: "proxy_refused", message }
}

/// A tunnel that a proxy did not open, with the proxy's reason.
async fn explained(seen: TransportFailure, way: &Way, limit: Duration) -> TransportFailure {
    let is_proxys = match &seen {
        TransportFailure::NotSent { code, .. } => *code == "proxy",
        TransportFailure::ProxyAuthentication { .. } => true,
        TransportFailure::NoAnswer { .. } => false,
    };
    let Some(hop) = way.hop.as_ref().filter(|_| is_proxys) else { return seen };
    match TunnelAnswer::ask(way, limit).await {
        Some(answer) => answer.failure(way, hop),
        None => seen,
    }
}

/// Counts decoded bytes, chunk by chunk: a small compressed answer may hide a large one, and no
/// length that a server announces is believed.
async fn whole_body(
    mut response: Response,
    bytes_max: usize,
    cut: impl Fn(&reqwest::Error) -> BrokenBody,
) -> Result<Vec<u8>, BrokenBody> {
    let mut body: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cut(&error))? {
        if body.len() + chunk.len() > bytes_max {
            let message = format!("the answer is larger than {bytes_max} bytes");
            return Err(BrokenBody { code: "body_too_large", message });
        }
        if body.capacity() - body.len() < chunk.len() {
            // By a quarter: a page has ten megabytes, and half of them would lie idle.
            body.reserve_exact(chunk.len().max(body.len() / 4));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
