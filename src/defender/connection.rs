//! One pinned host over reqwest: a request goes out once, and what comes is an [`HttpOutcome`].
//!
//! Used for the API and for the sign-in, each with a connection of its own. Deliberately absent:
//! redirects, retries, cookies, the token (the request is built with it).

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER};
use reqwest::{Certificate, Client, ClientBuilder, Proxy, RequestBuilder, Response, Url};

use super::failure::{cut, failure};
use super::secrets::Secrets;
use crate::defender::http_outcome::{BrokenBody, HttpAnswer, HttpOutcome};

#[derive(Clone, Copy)]
pub(super) struct NetworkRoute<'a> {
    /// For the whole request, from the first byte of the connection to the last one of the body.
    pub(super) timeout: Duration,
    /// Whether the host is this machine: no proxy stands before it, whatever the system says.
    pub(super) is_loopback: bool,
    /// Address of a proxy; none: the system's.
    pub(super) proxy: Option<&'a str>,
    /// Certificates that are trusted beside the system's, as PEM.
    pub(super) ca_file: Option<&'a [u8]>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum RouteError {
    #[error("the proxy's address is not a URL; like http://proxy.example:8080")]
    Proxy,
    #[error("the CA file holds no readable PEM certificate")]
    CaFile,
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

#[derive(Clone)]
pub(super) struct Connection {
    client: Client,
    timeout: Duration,
    secrets: Secrets,
}

/// An idle connection is not used again after this time. A request on a connection that the other
/// side (or a firewall between) has closed meanwhile ends in doubt, which costs minutes; a new
/// handshake costs a tenth of a second.
const IDLE_MAX: Duration = Duration::from_secs(20);

impl Connection {
    /// `secrets` are those that must not be repeated from what is seen.
    pub(super) fn new(route: NetworkRoute<'_>, secrets: &Secrets) -> Result<Self, RouteError> {
        let mut builder = ClientBuilder::new()
            .user_agent(concat!("mde-offboard/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .https_only(!route.is_loopback)
            .pool_idle_timeout(IDLE_MAX)
            // Shorter than the whole, so that a connection that does not come about is told apart
            // from an answer that does not come: the first is certain to have had no effect.
            .connect_timeout(route.timeout / 2);
        if route.is_loopback {
            builder = builder.no_proxy();
        } else if let Some(proxy) = route.proxy {
            builder = builder.proxy(Proxy::all(proxy).map_err(|_| RouteError::Proxy)?);
        }
        if let Some(pem) = route.ca_file {
            let certificates = Certificate::from_pem_bundle(pem).map_err(|_| RouteError::CaFile)?;
            if certificates.is_empty() {
                return Err(RouteError::CaFile);
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            RouteError::Client(cause.unwrap_or_default())
        })?;
        Ok(Self { client, timeout: route.timeout, secrets: secrets.clone() })
    }

    pub(super) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(super) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request once and reads its answer, of which at most `body_bytes_max` after decoding.
    pub(super) async fn send(&self, request: RequestBuilder, body_bytes_max: usize) -> HttpOutcome {
        match request.timeout(self.timeout).send().await {
            Ok(response) => HttpOutcome::Answered(self.read(response, body_bytes_max).await),
            Err(error) => HttpOutcome::Failed(failure(&error).without(&self.secrets)),
        }
    }

    async fn read(&self, response: Response, body_bytes_max: usize) -> HttpAnswer {
        let header = |name: HeaderName| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        HttpAnswer {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE),
            retry_after: header(RETRY_AFTER),
            date: header(DATE),
            body: whole_body(response, body_bytes_max).await,
            secrets: self.secrets.clone(),
        }
    }
}

/// Most room that is made for a body before it comes: a full page of machines has some ten
/// megabytes, and would be moved again and again as it grows.
const ROOM_MAX: usize = 16 << 20;

/// Counts decoded bytes, chunk by chunk: a small compressed answer may hide a large one, and no
/// length that a server announces is believed.
async fn whole_body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, BrokenBody> {
    // Believed as far as address space goes: memory is taken by what comes.
    let announced = response.content_length().and_then(|bytes| usize::try_from(bytes).ok());
    let mut body: Vec<u8> = Vec::with_capacity(announced.unwrap_or(0).min(ROOM_MAX).min(bytes_max));
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
