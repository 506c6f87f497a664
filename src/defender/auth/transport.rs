//! The way of `azure_identity` to the network: our own connection, to the pinned authority.
//!
//! Without default features `azure_identity` has no transport and panics; with them it would have a
//! second client with other proxies, certificates and timeouts. Answers that are not a token never
//! reach it: `entra` judges them first, since it loses the status of everything that is not JSON.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, HttpClient, Request, StatusCode};
use azure_core::{Error, Result};
use reqwest::header::CONTENT_TYPE;

use super::entra::{Granted, judge};
use crate::defender::AuthorityUrl;
use crate::defender::connection::Connection;
use crate::domain::Timestamp;

/// Largest answer of a token endpoint. Tokens of users with many groups reach tens of kilobytes.
const BODY_BYTES_MAX: usize = 1 << 20;

pub(super) struct Transport {
    connection: Connection,
    authority: AuthorityUrl,
    server_date: Mutex<Option<Timestamp>>,
}

impl Transport {
    pub(super) fn new(connection: Connection, authority: AuthorityUrl) -> Self {
        Self { connection, authority, server_date: Mutex::new(None) }
    }

    /// The authority's clock at the last fetch, once.
    pub(super) fn take_server_date(&self) -> Option<Timestamp> {
        self.server_date.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("authority", &self.authority).finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> Result<AsyncRawResponse> {
        let Body::Bytes(form) = request.body() else {
            return Err(Error::with_message(ErrorKind::Other, "a form was expected"));
        };
        // Only the path is taken over: the host is ours, and so is plain http to this machine,
        // which `azure_identity` would refuse.
        let url = self.authority.join(request.url().path());
        let outgoing = self
            .connection
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(reqwest::header::ACCEPT, "application/json")
            .body(form.clone());
        let seen = self.connection.send(outgoing, BODY_BYTES_MAX).await;
        let Granted { body, server_date } =
            judge(&seen).map_err(|why| Error::new(ErrorKind::Credential, why))?;
        *self.server_date.lock().unwrap_or_else(PoisonError::into_inner) = server_date;
        Ok(AsyncRawResponse::from_bytes(StatusCode::Ok, Headers::new(), body))
    }
}
